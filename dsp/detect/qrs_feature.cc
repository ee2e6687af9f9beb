#include "dsp/detect/qrs_feature.h"

#include <algorithm>
#include <cmath>

namespace ecg::dsp {
namespace {

constexpr double kBandLowHz = 5;
constexpr double kBandHighHz = 20;
constexpr double kWidthMs = 90;

}  // namespace

QrsSlope::QrsSlope(Hertz sampling_frequency)
    : hz_(sampling_frequency.value),
      high_(high_pass(kBandLowHz, sampling_frequency)),
      low_(low_pass(std::min(kBandHighHz, 0.4 * sampling_frequency.value), sampling_frequency)) {}

float QrsSlope::push(float sample) {
  if (!begun_) {
    // Begins as if the first sample had stood there for ever: no step, no false beat at the start.
    begun_ = true;
    const double x = static_cast<double>(sample);
    high_state_.z2 = high_.b2 * x;
    high_state_.z1 = high_.b1 * x + high_state_.z2;
  }
  const double banded = low_state_.step(low_, high_state_.step(high_, static_cast<double>(sample)));
  const double slope = (banded - before_that_) * hz_ / 2;
  before_that_ = before_;
  before_ = banded;
  return static_cast<float>(std::abs(slope));
}

float TrailingMean::push(float value) {
  sum_ += static_cast<double>(value) - static_cast<double>(ring_[at_]);
  ring_[at_] = value;
  if (++at_ == ring_.size()) {
    at_ = 0;
    // The sum is built anew once per turn, so that rounding errors do not grow over hours.
    sum_ = 0;
    for (float kept : ring_) sum_ += static_cast<double>(kept);
  }
  return static_cast<float>(std::max(0.0, sum_) / static_cast<double>(ring_.size()));
}

std::size_t qrs_feature_width(Hertz sampling_frequency) {
  return static_cast<std::size_t>(samples_of_ms(sampling_frequency, kWidthMs));
}

int qrs_feature_delay(Hertz sampling_frequency) {
  // Half the mean's width and the group delay of the band-pass near 14 Hz, about 12 ms.
  return samples_of_ms(sampling_frequency, kWidthMs / 2 + 12);
}

}  // namespace ecg::dsp
