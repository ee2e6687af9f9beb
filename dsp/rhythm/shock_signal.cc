#include "dsp/rhythm/shock_signal.h"

#include <algorithm>
#include <cmath>

namespace ecg::dsp {
namespace {

constexpr double kRateHz = 125;
constexpr double kHighPassHz = 1, kLowPassHz = 25;
constexpr double kQrsLowHz = 11, kQrsHighHz = 20;
// Beyond anything a body makes; keeps the filters finite.
constexpr double kMostUv = 1e5;

}  // namespace

ShockSignal::ShockSignal(Hertz sampling_frequency)
    : thinning_(std::max(1, static_cast<int>(sampling_frequency.value / kRateHz + 0.5))),
      rate_{sampling_frequency.value / thinning_},
      high_(high_pass(kHighPassHz, rate_)),
      low_(low_pass(kLowPassHz, rate_)),
      qrs_high_(high_pass(kQrsLowHz, rate_)),
      qrs_low_(low_pass(kQrsHighHz, rate_)) {}

std::optional<ShockSignal::Value> ShockSignal::push(float raw_uv) {
  sum_ += std::isfinite(raw_uv) ? std::clamp(static_cast<double>(raw_uv), -kMostUv, kMostUv) : 0;
  if (++gathered_ < thinning_) return std::nullopt;
  const double mean = sum_ / thinning_;
  gathered_ = 0;
  sum_ = 0;
  if (!begun_) {
    // As if the first level had always been there.
    high_state_.z1 = -mean * high_.b0;
    high_state_.z2 = mean * high_.b2;
    begun_ = true;
  }
  const double steady = high_state_.step(high_, mean);
  const double wave = low_state_[1].step(low_, low_state_[0].step(low_, steady));
  const double qrs = qrs_low_state_.step(qrs_low_, qrs_high_state_.step(qrs_high_, steady));
  return Value{static_cast<float>(wave), static_cast<float>(qrs)};
}

}  // namespace ecg::dsp
