// Trains boosted trees with XGBoost and hands them over in dsp's own form. One thread and a fixed seed: the
// same rows give the same trees.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dsp/model/trees.h"

namespace ecg::accuracy {

// Training examples, one row of features each; NaN = not measurable.
struct Rows {
  std::vector<std::string> feature_names;  // at most 255
  std::vector<float> features;             // row after row
  std::vector<float> labels;               // 0 or 1; class number; or the value to be predicted
  std::vector<float> weights;              // empty = all 1
  std::vector<std::string> patients;       // of each row: rows of one patient never fall into different folds

  std::size_t size() const { return labels.size(); }
  void add(std::span<const float> row, float label, std::string_view patient, float weight = 1);
};

enum class Task : std::uint8_t { kBinary, kClasses, kSquaredError, kAbsoluteError };

struct TreeParameters {
  Task task = Task::kBinary;
  int classes = 1;  // for kClasses
  int rounds = 100;
  int depth = 3;
  double learning_rate = 0.1;
  double least_child_weight = 1;  // sum of second derivatives in a leaf
  double l2 = 1;
  double row_share = 1, column_share = 1;  // drawn anew for each tree
  // Per feature +1: the output may only rise with it, -1: only fall, 0: free. Empty = all free.
  std::vector<int> direction = {};
};

struct TrainedForest {
  std::vector<dsp::TreeNode> nodes;
  std::vector<std::uint32_t> roots;
  int outputs = 1;
  float base = 0;
  std::vector<float> numbers;  // of a model that is not made of trees; those are then empty

  // Valid as long as this lives unchanged.
  dsp::Forest view() const { return {nodes, roots, outputs, base}; }
};

// use[i] = 0 leaves row i out; empty = all rows. Throws std::runtime_error with XGBoost's words when it
// refuses.
TrainedForest train_trees(const Rows& rows, const TreeParameters& parameters,
                          std::span<const std::uint8_t> use = {});

// The table as C++ text for dsp/model/<name>.inc. It defines constants named after symbol, such as
// kBeatClass. about: what it predicts and what it was trained on, one sentence.
std::string table_text(const TrainedForest& forest, std::string_view symbol, std::string_view about,
                       std::span<const std::string> feature_names);

// Fold 0..folds-1 of a patient; depends on the name alone.
int fold_of(std::string_view patient, int folds);

}  // namespace ecg::accuracy
