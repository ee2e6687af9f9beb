#include "dsp/filter/band.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "dsp/filter/basic.h"
#include "dsp/filter/lanes.h"

namespace ecg::dsp {
namespace {

constexpr double kMuscleViewHz = 40, kMuscleViewWidthHz = 20;
constexpr double kDiagnosticWidthHz = 40;
// Windows of a second see the baseline of breathing and no single wave.
constexpr double kBaselineWindowMs = 1000;

// Hamming window: side lobes below -50 dB; its transition is 3.3 sampling frequencies over the length wide.
std::vector<float> windowed_sinc(double cutoff_hz, double width_hz, double hz) {
  if (!(cutoff_hz > 0) || cutoff_hz >= 0.5 * hz) return {1.0F};
  const int half = std::max(1, static_cast<int>(std::ceil(3.3 * hz / width_hz / 2)));
  std::vector<double> taps;
  double total = 0;
  for (int k = -half; k <= half; ++k) {
    const double x = 2 * cutoff_hz / hz;
    const double angle = std::numbers::pi * x * k;
    const double sinc = k == 0 ? x : x * std::sin(angle) / angle;
    const double window = 0.54 + 0.46 * std::cos(std::numbers::pi * k / (half + 1));
    taps.push_back(sinc * window);
    total += taps.back();
  }
  std::vector<float> out;
  for (double tap : taps) out.push_back(static_cast<float>(tap / total));
  return out;
}

float dot(const float* a, const float* b, std::size_t n) {
  Lanes lanes = all(0);
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) lanes += load(a + i) * load(b + i);
  float total = sum(lanes);
  for (; i < n; ++i) total += a[i] * b[i];
  return total;
}

}  // namespace

Band diagnostic_band(Hertz sampling_frequency) {
  const double carried = 0.4 * sampling_frequency.value;
  return {kDiagnosticLowHz, std::min(kDiagnosticHighHz, carried), carried < kDiagnosticHighHz};
}

LinearPhaseLowPass::LinearPhaseLowPass(double cutoff_hz, double width_hz, Hertz sampling_frequency)
    : taps_(windowed_sinc(cutoff_hz, width_hz, sampling_frequency.value)), past_(2 * taps_.size(), 0) {}

float LinearPhaseLowPass::push(float sample) {
  const std::size_t n = taps_.size();
  if (!begun_) {
    std::ranges::fill(past_, sample);
    begun_ = true;
  }
  past_[at_] = past_[at_ + n] = sample;
  at_ = at_ + 1 == n ? 0 : at_ + 1;
  return dot(past_.data() + at_, taps_.data(), n);
}

void LinearPhaseLowPass::apply(std::vector<float>& signal) const {
  if (signal.empty()) return;
  const auto half = static_cast<std::size_t>(latency());
  std::vector<float> padded(half, signal.front());
  padded.insert(padded.end(), signal.begin(), signal.end());
  padded.insert(padded.end(), half, signal.back());
  for (std::size_t i = 0; i < signal.size(); ++i) {
    signal[i] = dot(padded.data() + i, taps_.data(), taps_.size());
  }
}

LinearPhaseLowPass muscle_view(Hertz sampling_frequency) {
  return {kMuscleViewHz, kMuscleViewWidthHz, sampling_frequency};
}

LinearPhaseLowPass diagnostic_low_pass(Hertz sampling_frequency) {
  return {diagnostic_band(sampling_frequency).high_hz, kDiagnosticWidthHz, sampling_frequency};
}

DiagnosticHighPass::DiagnosticHighPass(Hertz sampling_frequency)
    : share_(1 - std::exp(-2 * std::numbers::pi * kDiagnosticLowHz / sampling_frequency.value)) {}

float DiagnosticHighPass::push(float sample) {
  const auto x = static_cast<double>(sample);
  if (!begun_) {
    level_ = x;
    begun_ = true;
  }
  level_ += share_ * (x - level_);
  return static_cast<float>(x - level_);
}

LiveBaseline::LiveBaseline(Hertz sampling_frequency)
    : width_(samples_of_ms(sampling_frequency, kBaselineWindowMs) | 1),
      first_{std::vector<float>(static_cast<std::size_t>(width_), 0)},
      second_{std::vector<float>(static_cast<std::size_t>(width_), 0)},
      delayed_(static_cast<std::size_t>(width_), 0) {}

// The sum of floats in double is exact enough not to drift: each value leaves as it came.
double LiveBaseline::Average::push(float sample) {
  sum += static_cast<double>(sample) - static_cast<double>(ring[at]);
  ring[at] = sample;
  at = at + 1 == ring.size() ? 0 : at + 1;
  return sum / static_cast<double>(ring.size());
}

float LiveBaseline::push(float sample) {
  if (!begun_) {
    begun_ = true;
    for (Average* average : {&first_, &second_}) {
      std::ranges::fill(average->ring, sample);
      average->sum = static_cast<double>(sample) * static_cast<double>(average->ring.size());
    }
    std::ranges::fill(delayed_, sample);
  }
  const auto once = static_cast<float>(first_.push(sample));
  const double baseline = second_.push(once);
  delayed_[at_] = sample;
  at_ = at_ + 1 == delayed_.size() ? 0 : at_ + 1;
  return static_cast<float>(static_cast<double>(delayed_[at_]) - baseline);
}

}  // namespace ecg::dsp
