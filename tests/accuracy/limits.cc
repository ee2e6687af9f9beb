#include "tests/accuracy/limits.h"

#include <algorithm>
#include <cmath>

namespace ecg::accuracy {
namespace {

using enum Better;

// Topic, figure, direction, goal, floor, held. Interval limits: IEC 60601-2-51.
constexpr Limit kLimits[] = {
    {"qrs", "EC57 DER %", kLess, 0.30, 0.45},
    {"qrs", "whole record DER %", kLess, 0.32, 0.47},
    {"qrs", "timing RMS ms", kLess, 5, 8},
    {"noise", "F1", kMore, 95, 92.7},
    {"classes", "VEB Se %", kMore, 97, 92.5},
    {"classes", "VEB +P %", kMore, 97, 96.5},
    {"classes", "SVEB Se %", kMore, 85, 70},
    {"classes", "SVEB +P %", kMore, 60, 45},
    {"delineation", "P on SD ms", kLess, 10.2, 15},
    {"delineation", "P off SD ms", kLess, 11.4, 15},
    {"delineation", "QRS on SD ms", kLess, 7.7, 11},
    {"delineation", "QRS off SD ms", kLess, 8.8, 12},
    {"delineation", "T off SD ms", kLess, 15.5, 24},
    {"delineation", "P on Se %", kMore, 97, 95},
    {"delineation", "P on +P %", kMore, 97, 95},
    {"delineation", "P off Se %", kMore, 97, 95},
    {"delineation", "P off +P %", kMore, 97, 95},
    {"delineation", "QRS on Se %", kMore, 99.5, 99},
    {"delineation", "QRS on +P %", kMore, 99.5, 99},
    {"delineation", "QRS off Se %", kMore, 99.5, 99},
    {"delineation", "QRS off +P %", kMore, 99.5, 99},
    {"delineation", "T off Se %", kMore, 97.5, 96},
    {"delineation", "T off +P %", kMore, 97.5, 96},
    {"delineation", "P interval mean ms", kNearZero, 10, 10},
    {"delineation", "P interval SD ms", kLess, 15, 15},
    {"delineation", "PR interval mean ms", kNearZero, 10, 10},
    {"delineation", "PR interval SD ms", kLess, 10, 10},
    {"delineation", "QRS interval mean ms", kNearZero, 10, 10},
    {"delineation", "QRS interval SD ms", kLess, 10, 10},
    {"delineation", "QT interval mean ms", kNearZero, 25, 25},
    {"delineation", "QT interval SD ms", kLess, 30, 30},
    {"shockable", "Se %", kMore, 97, 90},
    {"shockable", "Sp %", kMore, 99, 95},
    {"af", "F1", kMore, 0.83, 0.78},
    {"statements", "macro F1", kMore, 0.85, 0.65},
    {"synthetic", "right %", kMore, 99, 95},
    {"synthetic", "wrong statements %", kLess, 0, 3},
    {"synthetic", "falsely critical", kLess, 0, 0},
    {"swap", "false alarms", kLess, 1, 3},
    {"swap", "RA-LA %", kMore, 97, 95},
    {"swap", "RA-LL %", kMore, 97, 95},
    {"swap", "mean of the other exchanges %", kMore, 75, 60},
};

bool reaches(double value, double limit, Better better) {
  switch (better) {
    case kMore:
      return value >= limit;
    case kLess:
      return value <= limit;
    case kNearZero:
      return std::abs(value) <= limit;
  }
  return false;
}

const char* symbol(Better better) {
  return better == kMore ? ">=" : better == kLess ? "<=" : "within";
}

}  // namespace

std::span<const Limit> limits() {
  return kLimits;
}

Verdict judge(std::string_view topic, const std::vector<Figure>& figures, Check check) {
  Verdict out;
  for (const Limit& limit : kLimits) {
    if (limit.topic != topic) continue;
    const auto figure = std::ranges::find(figures, limit.figure, &Figure::name);
    const double value = figure == figures.end() ? std::numeric_limits<double>::quiet_NaN() : figure->value;
    const double needed = check == Check::kHeld ? limit.held.value_or(limit.floor) : limit.floor;
    // A NaN reaches nothing.
    const bool passed = reaches(value, needed, limit.better);
    out.passed = out.passed && passed;
    out.text += line("%s  %-22s %9.3f  %s %g", passed ? "ok  " : "FAIL", limit.figure.data(), value,
                     symbol(limit.better), needed);
    if (!reaches(value, limit.floor, limit.better)) {
      out.text +=
          check == Check::kHeld ? line("  held at %g, floor %g", needed, limit.floor) : "  below the floor";
    } else if (reaches(value, limit.goal, limit.better)) {
      out.text += "  goal reached";
    } else {
      out.text += line("  floor %g reached, goal %g", limit.floor, limit.goal);
    }
    out.text += "\n";
  }
  return out;
}

}  // namespace ecg::accuracy
