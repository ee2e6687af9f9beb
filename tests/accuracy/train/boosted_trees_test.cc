#include "tests/accuracy/train/boosted_trees.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ecg::accuracy {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// Class 2 where the second feature is unknown, else class 1 above the diagonal.
Rows examples() {
  Rows rows;
  rows.feature_names = {"x", "y"};
  for (int i = 0; i < 900; ++i) {
    const float x = static_cast<float>(i % 30), y = static_cast<float>(i / 30 % 30);
    const bool unknown = i % 7 == 0;
    rows.add(std::array{x, unknown ? kNaN : y}, unknown ? 2 : y > x ? 1 : 0, "p" + std::to_string(i % 10));
  }
  return rows;
}

TEST(BoostedTrees, TellTheClassesThatTheyWereTrainedOn) {
  const Rows rows = examples();
  const TrainedForest forest = train_trees(
      rows, {.task = Task::kClasses, .classes = 3, .rounds = 40, .depth = 5, .learning_rate = 0.3});
  EXPECT_EQ(forest.outputs, 3);
  int wrong = 0;
  std::array<float, 3> out{};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    dsp::evaluate(forest.view(), std::span(rows.features).subspan(2 * i, 2), out);
    const auto best = static_cast<float>(std::ranges::max_element(out) - out.begin());
    wrong += best != rows.labels[i] ? 1 : 0;
  }
  EXPECT_LT(wrong, 20);
}

TEST(BoostedTrees, PredictAValue) {
  Rows rows;
  rows.feature_names = {"x"};
  for (int i = 0; i < 400; ++i) {
    const float x = static_cast<float>(i) / 40;
    rows.add(std::array{x}, 5 + std::sin(x), "p");
  }
  const TrainedForest forest =
      train_trees(rows, {.task = Task::kSquaredError, .rounds = 200, .depth = 3, .learning_rate = 0.2});
  for (const float x : {0.5F, 3.0F, 7.5F}) {
    EXPECT_NEAR(dsp::evaluate(forest.view(), std::array{x}), 5 + std::sin(x), 0.1);
  }
}

TEST(BoostedTrees, SameRowsGiveTheSameTable) {
  const Rows rows = examples();
  const TreeParameters parameters{.task = Task::kClasses, .classes = 3, .rounds = 5, .row_share = 0.5};
  const auto table = [&] {
    return table_text(train_trees(rows, parameters), "kExample", "Example.", rows.feature_names);
  };
  const std::string first = table();
  EXPECT_EQ(first, table());
  EXPECT_THAT(first, testing::HasSubstr("constexpr Forest kExample{kExampleNodes, kExampleRoots, 3, 0.0F};"));
}

TEST(BoostedTrees, RowsLeftOutHaveNoInfluence) {
  Rows rows = examples();
  std::vector<std::uint8_t> use(rows.size(), 1);
  for (std::size_t i = 0; i < rows.size(); ++i) use[i] = rows.patients[i] == "p3" ? 0 : 1;
  const TreeParameters parameters{.task = Task::kClasses, .classes = 3, .rounds = 5};
  const std::string before = table_text(train_trees(rows, parameters, use), "k", "", rows.feature_names);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (use[i] == 0) rows.labels[i] = 0;
  }
  EXPECT_EQ(before, table_text(train_trees(rows, parameters, use), "k", "", rows.feature_names));
  EXPECT_NE(before, table_text(train_trees(rows, parameters), "k", "", rows.feature_names));
}

}  // namespace
}  // namespace ecg::accuracy
