#include "dsp/filter/resample.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "dsp/filter/lanes.h"

namespace ecg::dsp {
namespace {

// Zero crossings of the sinc on either side, and the shape of its Kaiser window: stop band below -60 dB, its
// transition a fifth of half the lower sampling frequency to either side.
constexpr double kCrossings = 12, kKaiserBeta = 6;

double bessel_0(double x) {
  double term = 1, total = 1;
  for (int k = 1; k < 40; ++k) {
    term *= (x / 2 / k) * (x / 2 / k);
    total += term;
  }
  return total;
}

std::size_t tenths(Hertz rate) {
  return static_cast<std::size_t>(std::max<long>(1, std::lround(10 * std::clamp(rate.value, 100.0, 2000.0))));
}

}  // namespace

Resampler::Resampler(Hertz from, Hertz to) {
  const std::size_t in = tenths(from), out = tenths(to), common = std::gcd(in, out);
  up_ = out / common;
  down_ = in / common;
  const double scale = std::min(1.0, static_cast<double>(out) / static_cast<double>(in));
  half_ = static_cast<int>(std::ceil(kCrossings / scale));
  const auto taps = static_cast<std::size_t>(2 * half_);
  phases_.resize(up_ * taps);
  for (std::size_t phase = 0; phase < up_; ++phase) {
    std::vector<double> row(taps);
    const double fraction = static_cast<double>(phase) / static_cast<double>(up_);
    for (std::size_t k = 0; k < taps; ++k) {
      const double t = static_cast<double>(k) - half_ + 1 - fraction;
      const double angle = std::numbers::pi * scale * t;
      const double inside = 1 - (t / half_) * (t / half_);
      const double window = inside > 0 ? bessel_0(kKaiserBeta * std::sqrt(inside)) : 0;
      row[k] = (std::abs(angle) < 1e-12 ? 1 : std::sin(angle) / angle) * window;
    }
    const double total = std::accumulate(row.begin(), row.end(), 0.0);
    for (std::size_t k = 0; k < taps; ++k) phases_[phase * taps + k] = static_cast<float>(row[k] / total);
  }
  past_.resize(2 * taps, 0);
  wait_ = static_cast<std::size_t>(half_) + 1;
}

std::size_t Resampler::most_per_push() const {
  return (up_ + down_ - 1) / down_;
}

void Resampler::push(float sample, std::vector<float>& out) {
  const auto taps = static_cast<std::size_t>(2 * half_);
  if (!begun_) {
    std::ranges::fill(past_, sample);
    begun_ = true;
  }
  past_[at_] = past_[at_ + taps] = sample;
  at_ = at_ + 1 == taps ? 0 : at_ + 1;
  --wait_;
  while (wait_ == 0) {
    const float* x = past_.data() + at_;
    const float* tap = phases_.data() + phase_ * taps;
    Lanes lanes = all(0);
    std::size_t k = 0;
    for (; k + kLanes <= taps; k += kLanes) lanes += load(x + k) * load(tap + k);
    float value = sum(lanes);
    for (; k < taps; ++k) value += x[k] * tap[k];
    out.push_back(value);
    phase_ += down_;
    wait_ = phase_ / up_;
    phase_ %= up_;
  }
}

std::vector<float> resampled(std::span<const float> signal, Hertz from, Hertz to) {
  if (signal.empty()) return {};
  Resampler resampler(from, to);
  const std::size_t in = tenths(from), wanted = (signal.size() * tenths(to) + in - 1) / in;
  std::vector<float> out;
  out.reserve(wanted + resampler.most_per_push());
  for (float sample : signal) resampler.push(sample, out);
  while (out.size() < wanted) resampler.push(signal.back(), out);
  out.resize(wanted);
  return out;
}

}  // namespace ecg::dsp
