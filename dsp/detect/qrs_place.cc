#include "dsp/detect/qrs_place.h"

#include <algorithm>
#include <cmath>

#include "dsp/filter/basic.h"

namespace ecg::dsp {
namespace {

constexpr double kReachMs = 70;
constexpr double kLevelReachMs = 120;

}  // namespace

QrsPlace::QrsPlace(Hertz sampling_frequency)
    : reach_(samples_of_ms(sampling_frequency, kReachMs)),
      level_reach_(samples_of_ms(sampling_frequency, kLevelReachMs)),
      magnitude_(static_cast<std::size_t>(2 * reach_ + 1)),
      sorted_(static_cast<std::size_t>(2 * level_reach_ + 1)) {}

Interval QrsPlace::wanted(double frame, SampleIndex frames) const {
  const auto middle = static_cast<SampleIndex>(std::lround(frame));
  return {std::clamp<SampleIndex>(middle - level_reach_, 0, frames),
          std::clamp<SampleIndex>(middle + level_reach_ + 1, 0, frames)};
}

SampleIndex QrsPlace::find(const QrsBeat& /*beat*/, double frame, Interval range,
                           std::span<const float> window, std::span<const float> weights) {
  const auto middle = static_cast<SampleIndex>(std::lround(frame));
  const SampleIndex begin = std::max(range.begin, middle - reach_);
  const SampleIndex end = std::min(range.end, middle + reach_ + 1);
  if (begin >= end) return std::clamp(middle, range.begin, std::max(range.begin, range.end - 1));
  const auto count = static_cast<std::size_t>(end - begin);
  const auto length = static_cast<std::size_t>(range.end - range.begin);
  std::fill_n(magnitude_.begin(), count, 0.0F);
  for (std::size_t lead = 0; lead < weights.size(); ++lead) {
    if (weights[lead] <= 0) continue;
    const float* x = window.data() + lead * length;
    std::copy(x, x + length, sorted_.begin());
    const auto half = sorted_.begin() + static_cast<std::ptrdiff_t>(length / 2);
    std::nth_element(sorted_.begin(), half, sorted_.begin() + static_cast<std::ptrdiff_t>(length));
    const float level = *half;
    const float* from = x + (begin - range.begin);
    for (std::size_t i = 0; i < count; ++i) magnitude_[i] += weights[lead] * std::abs(from[i] - level);
  }
  return begin +
         (std::max_element(magnitude_.begin(), magnitude_.begin() + static_cast<std::ptrdiff_t>(count)) -
          magnitude_.begin());
}

}  // namespace ecg::dsp
