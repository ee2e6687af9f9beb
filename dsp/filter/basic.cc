#include "dsp/filter/basic.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "dsp/filter/lanes.h"

namespace ecg::dsp {

int samples_of_ms(Hertz sampling_frequency, double ms) {
  return std::max(1, static_cast<int>(std::lround(ms * sampling_frequency.value / 1000)));
}

// Bilinear transform of the analogue prototype (R. Bristow-Johnson's cookbook), Q = 1/sqrt(2).
Biquad low_pass(double cutoff_hz, Hertz sampling_frequency) {
  const double w = 2 * std::numbers::pi * cutoff_hz / sampling_frequency.value;
  const double alpha = std::sin(w) / std::numbers::sqrt2, cosine = std::cos(w), a0 = 1 + alpha;
  const double b = (1 - cosine) / 2 / a0;
  return {b, 2 * b, b, -2 * cosine / a0, (1 - alpha) / a0};
}

Biquad high_pass(double cutoff_hz, Hertz sampling_frequency) {
  const double w = 2 * std::numbers::pi * cutoff_hz / sampling_frequency.value;
  const double alpha = std::sin(w) / std::numbers::sqrt2, cosine = std::cos(w), a0 = 1 + alpha;
  const double b = (1 + cosine) / 2 / a0;
  return {b, -2 * b, b, -2 * cosine / a0, (1 - alpha) / a0};
}

namespace {

// Up to this many samples on either side are added up anew for every mean, four means at a time.
constexpr std::ptrdiff_t kNarrowHalf = 8;

float mean_of(std::span<const float> in, std::ptrdiff_t begin, std::ptrdiff_t end) {
  double sum = 0;
  for (std::ptrdiff_t i = begin; i < end; ++i) sum += static_cast<double>(in[static_cast<std::size_t>(i)]);
  return static_cast<float>(sum / static_cast<double>(end - begin));
}

// Means over 2 * half + 1 samples in [half, n - half).
void narrow_means(const float* in, std::ptrdiff_t n, std::ptrdiff_t half, float* out) {
  const std::ptrdiff_t width = 2 * half + 1;
  const float share = 1 / static_cast<float>(width);
  std::ptrdiff_t i = half;
  for (; i + 2 * kLanes <= n - half; i += 2 * kLanes) {
    Lanes low = all(0), high = all(0);
    for (std::ptrdiff_t k = -half; k <= half; ++k) {
      low += load(in + i + k);
      high += load(in + i + k + kLanes);
    }
    store(out + i, share * low);
    store(out + i + kLanes, share * high);
  }
  for (; i < n - half; ++i) {
    float sum = 0;
    for (std::ptrdiff_t k = -half; k <= half; ++k) sum += in[i + k];
    out[i] = share * sum;
  }
}

void wide_means(const float* in, std::ptrdiff_t n, std::ptrdiff_t half, float* out) {
  const double share = 1 / static_cast<double>(2 * half + 1);
  double sum = 0;
  for (std::ptrdiff_t i = 0; i < 2 * half; ++i) sum += static_cast<double>(in[i]);
  for (std::ptrdiff_t i = half; i < n - half; ++i) {
    sum += static_cast<double>(in[i + half]);
    out[i] = static_cast<float>(sum * share);
    sum -= static_cast<double>(in[i - half]);
  }
}

}  // namespace

void moving_average(std::span<const float> in, int width, std::vector<float>& out) {
  const auto n = static_cast<std::ptrdiff_t>(in.size());
  const std::ptrdiff_t half = std::max(0, width / 2);
  out.resize(in.size());
  for (std::ptrdiff_t i = 0; i < std::min(half, n); ++i)
    out[static_cast<std::size_t>(i)] = mean_of(in, 0, std::min(n, i + half + 1));
  for (std::ptrdiff_t i = std::max(half, n - half); i < n; ++i)
    out[static_cast<std::size_t>(i)] = mean_of(in, std::max<std::ptrdiff_t>(0, i - half), n);
  if (n <= 2 * half) return;
  (half <= kNarrowHalf ? narrow_means : wide_means)(in.data(), n, half, out.data());
}

void filter_zero_phase(const Biquad& section, int pad, int pivot, std::vector<float>& signal) {
  if (signal.size() < 2) return;
  const auto margin = std::min(static_cast<std::size_t>(std::max(pad, 0)), signal.size() - 1);
  std::vector<double> padded;
  padded.reserve(signal.size() + 2 * margin);
  const auto averaged = std::clamp<std::ptrdiff_t>(pivot, 1, static_cast<std::ptrdiff_t>(signal.size()));
  const double first =
      std::accumulate(signal.begin(), signal.begin() + averaged, 0.0) / static_cast<double>(averaged);
  const double last =
      std::accumulate(signal.end() - averaged, signal.end(), 0.0) / static_cast<double>(averaged);
  for (std::size_t i = margin; i > 0; --i) padded.push_back(2 * first - static_cast<double>(signal[i]));
  padded.insert(padded.end(), signal.begin(), signal.end());
  for (std::size_t i = 1; i <= margin; ++i) {
    padded.push_back(2 * last - static_cast<double>(signal[signal.size() - 1 - i]));
  }
  // The state that a constant input equal to the first sample would have left behind.
  const auto settled = [&section](double x) {
    const double gain = (section.b0 + section.b1 + section.b2) / (1 + section.a1 + section.a2);
    BiquadState state;
    state.z2 = section.b2 * x - section.a2 * gain * x;
    state.z1 = section.b1 * x - section.a1 * gain * x + state.z2;
    return state;
  };
  BiquadState forward = settled(padded.front());
  for (double& x : padded) x = forward.step(section, x);
  BiquadState backward = settled(padded.back());
  for (auto it = padded.rbegin(); it != padded.rend(); ++it) *it = backward.step(section, *it);
  for (std::size_t i = 0; i < signal.size(); ++i) signal[i] = static_cast<float>(padded[i + margin]);
}

std::vector<float> thinned(std::span<const float> values, std::size_t step) {
  std::vector<float> out;
  out.reserve(values.size() / step + 1);
  for (std::size_t i = 0; i < values.size(); i += step) out.push_back(values[i]);
  return out;
}

float quantile(std::vector<float>& values, double q) {
  if (values.empty()) return 0;
  const double at = std::clamp(q, 0.0, 1.0) * static_cast<double>(values.size() - 1);
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(at);
  std::nth_element(values.begin(), nth, values.end());
  return *nth;
}

}  // namespace ecg::dsp
