#include "dsp/model/trees.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace ecg::dsp {
namespace {

float leaf_of(const TreeNode* node, std::span<const float> features) {
  while (node->right != 0) {
    const float x = features[node->feature];
    const bool less = std::isnan(x) ? node->unknown_less != 0 : x < node->value;
    node += less ? 1 : node->right;
  }
  return node->value;
}

}  // namespace

float evaluate(const Forest& forest, std::span<const float> features) {
  float sum = forest.base;
  for (const std::uint32_t root : forest.roots) sum += leaf_of(&forest.nodes[root], features);
  return sum;
}

void evaluate(const Forest& forest, std::span<const float> features, std::span<float> out) {
  std::ranges::fill(out, forest.base);
  for (std::size_t tree = 0; tree < forest.roots.size(); ++tree) {
    out[tree % out.size()] += leaf_of(&forest.nodes[forest.roots[tree]], features);
  }
}

float probability(float log_odds) {
  return 1 / (1 + std::exp(-log_odds));
}

}  // namespace ecg::dsp
