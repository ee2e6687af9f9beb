#include "dsp/beats/window.h"

#include <algorithm>
#include <cmath>

namespace ecg::dsp {
namespace {

constexpr double kGridHz = 125;

}  // namespace

BeatGrid::BeatGrid(Hertz sampling_frequency)
    : step(std::max(1, static_cast<int>(std::lround(sampling_frequency.value / kGridHz)))),
      ms(1000 * step / sampling_frequency.value) {}

int BeatGrid::count(double duration_ms) const {
  return std::max(1, static_cast<int>(std::lround(duration_ms / ms)));
}

void cut(std::span<const float> signal, const BeatGrid& grid, SampleIndex centre, int first,
         std::span<float> out) {
  const auto size = static_cast<SampleIndex>(signal.size());
  const SampleIndex begin = centre + static_cast<SampleIndex>(first) * grid.step - grid.step / 2;
  const auto samples = static_cast<SampleIndex>(out.size()) * grid.step;
  const float share = 1.0F / static_cast<float>(grid.step);
  if (begin >= 0 && begin + samples <= size) {
    const float* at = signal.data() + begin;
    for (float& value : out) {
      float sum = 0;
      for (int i = 0; i < grid.step; ++i) sum += at[i];
      value = sum * share;
      at += grid.step;
    }
    return;
  }
  SampleIndex at = begin;
  for (float& value : out) {
    float sum = 0;
    for (int i = 0; i < grid.step; ++i, ++at) {
      sum += signal[static_cast<std::size_t>(std::clamp<SampleIndex>(at, 0, size - 1))];
    }
    value = sum * share;
  }
}

}  // namespace ecg::dsp
