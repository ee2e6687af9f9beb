#include "dsp/model/trees.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace ecg::dsp {
namespace {

// So many trees are walked side by side: each waits for its next node, and no processor can foretell which
// one that is.
constexpr std::size_t kAbreast = 8;

// Nodes to go on by; 0 in a leaf.
std::uint32_t stride(const TreeNode& node, const float* features) {
  const float x = features[node.feature];
  const auto less = static_cast<std::uint32_t>(x < node.value) |
                    (static_cast<std::uint32_t>(x != x) & static_cast<std::uint32_t>(node.unknown_less));
  const std::uint32_t right = node.right, go_left = less & static_cast<std::uint32_t>(right != 0);
  return right ^ ((right ^ 1U) & (0U - go_left));
}

// The leaves reached in kAbreast trees, whose roots are given.
std::array<float, kAbreast> leaves_of(const TreeNode* nodes, const std::uint32_t* roots,
                                      const float* features) {
  std::array<const TreeNode*, kAbreast> at;
  for (std::size_t k = 0; k < kAbreast; ++k) at[k] = nodes + roots[k];
  std::uint32_t moved = 1;
  while (moved != 0) {
    moved = 0;
    for (std::size_t k = 0; k < kAbreast; ++k) {
      const std::uint32_t by = stride(*at[k], features);
      at[k] += by;
      moved |= by;
    }
  }
  std::array<float, kAbreast> leaves;
  for (std::size_t k = 0; k < kAbreast; ++k) leaves[k] = at[k]->value;
  return leaves;
}

float leaf_of(const TreeNode* node, const float* features) {
  while (node->right != 0) node += stride(*node, features);
  return node->value;
}

// take(leaf of each tree in their order).
template <class Take>
void each_leaf(const Forest& forest, const float* features, const Take& take) {
  const std::size_t trees = forest.roots.size();
  std::size_t tree = 0;
  for (; tree + kAbreast <= trees; tree += kAbreast) {
    for (const float leaf : leaves_of(forest.nodes.data(), forest.roots.data() + tree, features)) take(leaf);
  }
  for (; tree < trees; ++tree) take(leaf_of(&forest.nodes[forest.roots[tree]], features));
}

}  // namespace

float evaluate(const Forest& forest, std::span<const float> features) {
  float sum = forest.base;
  each_leaf(forest, features.data(), [&sum](float leaf) { sum += leaf; });
  return sum;
}

void evaluate(const Forest& forest, std::span<const float> features, std::span<float> out) {
  std::ranges::fill(out, forest.base);
  std::size_t output = 0;
  each_leaf(forest, features.data(), [&out, &output](float leaf) {
    out[output] += leaf;
    output = output + 1 == out.size() ? 0 : output + 1;
  });
}

float probability(float log_odds) {
  return 1 / (1 + std::exp(-log_odds));
}

}  // namespace ecg::dsp
