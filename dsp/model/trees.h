// Boosted decision trees as constant tables. Trained by tests/accuracy/train, evaluated here: one comparison
// per level, no allocation, the same answer everywhere.
#pragma once

#include <cstdint>
#include <span>

namespace ecg::dsp {

// One node. A tree is laid out depth first: the branch taken when the feature is less than value is the next
// node, the other one lies right nodes further on.
struct TreeNode {
  float value = 0;                // threshold of a branch, output of a leaf
  std::uint16_t right = 0;        // 0 in a leaf
  std::uint8_t feature = 0;       // position in the features given
  std::uint8_t unknown_less = 0;  // 1: a NaN feature counts as less than value
};

// Trees that are summed up. With several outputs, tree i adds to output i modulo outputs. Empty nodes: there
// is no such model; every output is then 0.
struct Forest {
  std::span<const TreeNode> nodes;
  std::span<const std::uint32_t> roots;  // where each tree begins in nodes
  int outputs = 1;
  float base = 0;  // added to each output

  bool empty() const { return roots.empty(); }
};

// The sum of the leaves that features reach, plus base. features[i] is NaN where it could not be measured;
// features is at least as long as the forest was trained with. For a classifier the value is a log odds.
float evaluate(const Forest& forest, std::span<const float> features);

// The same for a forest with several outputs; out.size() == forest.outputs.
void evaluate(const Forest& forest, std::span<const float> features, std::span<float> out);

// 1 / (1 + exp(-log_odds)).
float probability(float log_odds);

}  // namespace ecg::dsp
