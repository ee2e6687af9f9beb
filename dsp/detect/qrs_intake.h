// Samples at the recording's rate on their way to the tracker.
#pragma once

#include <cmath>
#include <cstdint>

namespace ecg::dsp {

// Makes one lead continuous and finite: while it is off it stays where it was, and when it returns its level
// is taken as unchanged, so that neither is a slope.
class QrsIntake {
 public:
  // What is larger, or not a number, is no sample.
  static constexpr float kMost = 1e9F;

  float take(float sample, bool off) {
    const float x = std::abs(sample) <= kMost ? sample : last_ + offset_;
    if (off) {
      was_off_ = true;
      return last_;
    }
    if (was_off_) offset_ = x - last_;
    was_off_ = false;
    last_ = x - offset_;
    return last_;
  }

 private:
  float last_ = 0, offset_ = 0;
  bool was_off_ = false;
};

}  // namespace ecg::dsp
