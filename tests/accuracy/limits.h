// What each figure must reach.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tests/accuracy/score/report.h"

namespace ecg::accuracy {

enum class Better : std::uint8_t { kMore, kLess, kNearZero };

struct Limit {
  std::string_view topic, figure;
  Better better = Better::kMore;
  double goal = 0;   // what the project wants to be known for
  double floor = 0;  // below it the work is not done
  // Reached so far: what a change must not fall below. Without it, the floor.
  std::optional<double> held = std::nullopt;
};

std::span<const Limit> limits();

enum class Check : std::uint8_t {
  kFloors,  // every figure against its floor
  kHeld,    // every figure against what has been reached, where that is stated, else against its floor
};

struct Verdict {
  std::string text;  // one line per limit
  bool passed = true;
};

// A figure that has a limit and is missing or not a number fails.
Verdict judge(std::string_view topic, const std::vector<Figure>& figures, Check check);

}  // namespace ecg::accuracy
