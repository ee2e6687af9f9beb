#include "dsp/rhythm/shock_features.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace ecg::dsp {
namespace {

constexpr std::size_t kMostSamples = 1280;  // 5 s at 200 Hz after thinning, with room
constexpr std::size_t kMostLags = 112;
// Shares of time near zero and without slope beyond which a rhythm has rests.
constexpr float kStillNear = 0.6F, kStillSlope = 0.6F;
constexpr float kLeastUv = 1e-3F;
constexpr std::size_t kSpectrumBins = 50;
constexpr double kBinHz = 0.5;

float ratio(float a, float b) {
  return b > kLeastUv ? a / b : 0;
}

struct Levels {
  float highest = 0;  // usual highest of a second
  float unevenness = 1;
};

// The middle of the highest values of the five seconds, so that one artefact does not set the scale.
Levels levels_of(std::span<const float> x) {
  std::array<float, 5> seconds{};
  const std::size_t length = x.size() / seconds.size();
  for (std::size_t s = 0; s < seconds.size(); ++s) {
    for (std::size_t i = s * length; i < (s + 1) * length; ++i) {
      seconds[s] = std::max(seconds[s], std::abs(x[i]));
    }
  }
  std::ranges::sort(seconds);
  return {seconds[2], std::min(ratio(seconds[4], std::max(seconds[0], 1.0F)), 50.0F)};
}

void amplitude_features(std::span<const float> x, ShockFeatures& f) {
  const Levels levels = levels_of(x);
  const float highest = levels.highest;
  float sum = 0, squares = 0, cubes = 0;
  int below_10 = 0, below_20 = 0, below_40 = 0, above_70 = 0;
  for (float v : x) {
    const float size = std::abs(v);
    sum += size;
    squares += v * v;
    cubes += v * v * v;
    below_10 += size < 0.1F * highest ? 1 : 0;
    below_20 += size < 0.2F * highest ? 1 : 0;
    below_40 += size < 0.4F * highest ? 1 : 0;
    above_70 += size > 0.7F * highest ? 1 : 0;
  }
  const auto n = static_cast<float>(x.size());
  const float mean = sum / n, rms = std::sqrt(squares / n);
  f[0] = mean;
  f[1] = ratio(highest, mean);
  f[2] = levels.unevenness;
  f[3] = ratio(rms, mean);
  f[6] = static_cast<float>(below_10) / n;
  f[7] = static_cast<float>(below_20) / n;
  f[8] = static_cast<float>(below_40) / n;
  f[9] = static_cast<float>(above_70) / n;
  f[10] = rms > kLeastUv ? std::abs(cubes / n) / (rms * rms * rms) : 0;
}

void slope_features(std::span<const float> x, float fs, ShockFeatures& f) {
  std::array<float, kMostSamples> slope{};
  float sum = 0, squares = 0, size = 0;
  int turns = 0;
  for (std::size_t i = 1; i < x.size(); ++i) {
    const float step = x[i] - x[i - 1];
    turns += i > 1 && (step > 0) != (slope[i - 2] > 0) ? 1 : 0;
    slope[i - 1] = step;
    sum += std::abs(step);
    squares += step * step;
    size += std::abs(x[i]);
  }
  const std::span<const float> steps(slope.data(), x.size() - 1);
  const float highest = levels_of(steps).highest;
  const auto n = static_cast<float>(steps.size());
  int still = 0, brisk = 0;
  for (float s : steps) {
    still += std::abs(s) < 0.1F * highest ? 1 : 0;
    brisk += std::abs(s) > 0.5F * highest ? 1 : 0;
  }
  f[11] = ratio(std::sqrt(squares / n), sum / n);
  f[12] = ratio(highest, sum / n);
  f[13] = static_cast<float>(still) / n;
  f[14] = static_cast<float>(brisk) / n;
  f[20] = static_cast<float>(turns) / n * fs;
  if (sum <= kLeastUv) return;
  const auto half = static_cast<std::size_t>(std::numbers::pi_v<float> * size / sum + 0.5F);
  f[kLeakage] = 1;
  if (half < 1 || 2 * half >= x.size()) return;
  float left = 0, all = 0;
  for (std::size_t i = half; i < x.size(); ++i) {
    left += std::abs(x[i] + x[i - half]);
    all += std::abs(x[i]) + std::abs(x[i - half]);
  }
  f[kLeakage] = ratio(left, all);
  f[5] = fs / (2 * static_cast<float>(half));
}

void qrs_features(std::span<const float> qrs, ShockFeatures& f) {
  const float highest = levels_of(qrs).highest;
  float sum = 0, squares = 0;
  int above = 0;
  for (float v : qrs) {
    sum += std::abs(v);
    squares += v * v;
    above += std::abs(v) > 0.5F * highest ? 1 : 0;
  }
  const auto n = static_cast<float>(qrs.size());
  f[15] = ratio(sum / n, f[0]);
  f[16] = ratio(std::sqrt(squares / n), sum / n);
  f[17] = static_cast<float>(above) / n;
}

// Excursions of either sign beyond 30 % of the highest; the wave must come back below 15 % between two of a
// sign.
void crossing_features(std::span<const float> x, float fs, ShockFeatures& f) {
  const float highest = f[1] * f[0];
  std::array<int, 2> count{};
  std::array<float, 2> sum{}, squares{}, last{};
  std::array<bool, 2> out{};
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t sign = 0; sign < 2; ++sign) {
      const float v = sign == 0 ? x[i] : -x[i];
      if (out[sign] && v < 0.15F * highest) out[sign] = false;
      if (out[sign] || v <= 0.3F * highest || highest <= kLeastUv) continue;
      out[sign] = true;
      const auto now = static_cast<float>(i) / fs;
      if (count[sign]++ > 0) {
        const float distance = now - last[sign];
        sum[sign] += distance;
        squares[sign] += distance * distance;
      }
      last[sign] = now;
    }
  }
  const std::size_t sign = count[0] >= count[1] ? 0 : 1;
  f[18] = static_cast<float>(count[sign]) / static_cast<float>(kShockWindowS);
  const auto n = static_cast<float>(count[sign] - 1);
  f[19] = n >= 2 ? std::sqrt(std::max(0.0F, squares[sign] / n - (sum[sign] / n) * (sum[sign] / n))) /
                       std::max(sum[sign] / n, 1e-3F)
                 : 2;
}

// cos(2 pi k bin / rate) for every lag and bin would be a large table; the recurrence of Chebyshev makes it.
void spectrum_features(std::span<const float> acf, float fs, ShockFeatures& f) {
  std::array<float, kSpectrumBins> power{};
  float total = 0;
  std::size_t peak = 0;
  for (std::size_t bin = 0; bin < kSpectrumBins; ++bin) {
    const float hz = static_cast<float>(kBinHz) * static_cast<float>(bin + 1);
    const float cosine = std::cos(2 * std::numbers::pi_v<float> * hz / fs);
    float before = cosine, now = 1, sum = acf[0];
    for (std::size_t lag = 1; lag < acf.size(); ++lag) {
      const float next = 2 * cosine * now - before;
      before = now;
      now = next;
      const float taper = 1 - static_cast<float>(lag) / static_cast<float>(acf.size());
      sum += 2 * taper * acf[lag] * now;
    }
    power[bin] = std::max(sum, 0.0F);
    total += power[bin];
    if (power[bin] > power[peak]) peak = bin;
  }
  const auto share = [&power, total](double from_hz, double to_hz) {
    float sum = 0;
    for (std::size_t bin = 0; bin < kSpectrumBins; ++bin) {
      const double hz = kBinHz * static_cast<double>(bin + 1);
      if (hz >= from_hz && hz < to_hz) sum += power[bin];
    }
    return total > 0 ? sum / total : 0.0F;
  };
  const double peak_hz = kBinHz * static_cast<double>(peak + 1);
  f[24] = static_cast<float>(peak_hz);
  f[25] = share(peak_hz - 1.01, peak_hz + 1.01);
  f[26] = share(0, 2.5);
  f[27] = share(8, 14);
  f[28] = share(14, 100);
}

// Autocorrelation at half the rate.
void periodicity_features(std::span<const float> x, float fs, ShockFeatures& f) {
  std::array<float, kMostSamples / 2 + kMostLags> half{};
  const std::size_t n = x.size() / 2;
  for (std::size_t i = 0; i < n; ++i) half[i] = 0.5F * (x[2 * i] + x[2 * i + 1]);
  const float rate = fs / 2;
  // The zeros behind the signal let every lag run over the same samples.
  std::array<float, kMostLags> acf{};
  for (std::size_t i = 0; i < n; ++i) {
    const float now = half[i];
    const float* later = half.data() + i;
    for (std::size_t lag = 0; lag < kMostLags; ++lag) acf[lag] += now * later[lag];
  }
  const std::size_t lags = std::min({kMostLags, static_cast<std::size_t>(1.5F * rate), n / 2});
  // Unbiased, so that a regular wave stays near 1 at every multiple of its period.
  for (std::size_t lag = 0; lag < lags; ++lag) {
    acf[lag] *= static_cast<float>(n) / static_cast<float>(n - lag);
  }
  if (acf[0] <= kLeastUv) return;
  for (std::size_t lag = 1; lag < lags; ++lag) acf[lag] /= acf[0];
  acf[0] = 1;
  std::size_t begin = 1;
  while (begin < lags && acf[begin] > 0.2F) ++begin;
  begin = std::max(begin, static_cast<std::size_t>(0.16F * rate));
  const std::size_t end = std::min(lags, static_cast<std::size_t>(1.2F * rate));
  float peak = 0, least = 1;
  std::size_t at = 0;
  for (std::size_t lag = 1; lag < end; ++lag) {
    least = std::min(least, acf[lag]);
    if (lag >= begin && acf[lag] > peak) {
      peak = acf[lag];
      at = lag;
    }
  }
  // The shortest lag that is nearly as good is the period itself.
  for (std::size_t lag = begin; lag + 1 < at; ++lag) {
    if (acf[lag] > 0.85F * peak && acf[lag] >= acf[lag - 1] && acf[lag] >= acf[lag + 1]) {
      at = lag;
      break;
    }
  }
  f[kAcfPeak] = peak;
  f[kAcfLag] = static_cast<float>(at) / rate;
  f[23] = least;
  spectrum_features({acf.data(), lags}, rate, f);
}

void plane_feature(std::span<const float> x, float fs, ShockFeatures& f) {
  constexpr int kSide = 32;
  const float highest = f[1] * f[0];
  const auto delay = static_cast<std::size_t>(0.2F * fs);
  if (highest <= kLeastUv) return;
  std::array<std::uint32_t, kSide> rows{};
  const auto box = [highest](float v) {
    return static_cast<std::size_t>(std::clamp((v / highest + 1) * (kSide / 2), 0.0F, kSide - 1.0F));
  };
  for (std::size_t i = delay; i < x.size(); ++i) rows[box(x[i])] |= 1U << box(x[i - delay]);
  int visited = 0;
  for (std::uint32_t row : rows) visited += std::popcount(row);
  f[29] = static_cast<float>(visited) / (kSide * kSide);
}

// Fibrillation has no rest; other rhythms have, between T and P.
void rest_features(std::span<const float> x, float fs, ShockFeatures& f) {
  std::array<float, 32> ranges{};
  const auto length = static_cast<std::size_t>(0.24F * fs);
  const std::size_t pieces = std::min(ranges.size(), x.size() / length);
  if (pieces < 10) return;
  for (std::size_t k = 0; k < pieces; ++k) {
    float low = x[k * length], high = low;
    for (std::size_t i = k * length; i < (k + 1) * length; ++i) {
      low = std::min(low, x[i]);
      high = std::max(high, x[i]);
    }
    ranges[k] = high - low;
  }
  std::sort(ranges.begin(), ranges.begin() + static_cast<std::ptrdiff_t>(pieces));
  const float lively = ranges[pieces * 9 / 10];
  f[30] = ratio(ranges[pieces / 10], lively);
  f[31] = ratio(ranges[pieces * 3 / 10], lively);
  f[32] = ratio(ranges[pieces / 2], lively);
}

void burst_feature(std::span<const float> x, float fs, ShockFeatures& f) {
  float highest = 0;
  for (std::size_t i = 1; i < x.size(); ++i) highest = std::max(highest, std::abs(x[i] - x[i - 1]));
  const auto apart = static_cast<std::size_t>(0.2F * fs);
  int bursts = 0;
  for (std::size_t i = 1; i < x.size(); ++i) {
    if (std::abs(x[i] - x[i - 1]) <= 0.4F * highest) continue;
    ++bursts;
    i += apart;
  }
  f[33] = static_cast<float>(bursts) / static_cast<float>(kShockWindowS);
}

}  // namespace

ShockWindow shock_features(std::span<const float> wave, std::span<const float> qrs, Hertz rate) {
  ShockWindow out;
  wave = wave.first(std::min(wave.size(), kMostSamples));
  qrs = qrs.first(std::min(qrs.size(), kMostSamples));
  if (wave.size() < 100 || qrs.size() < 100) return out;
  const auto fs = static_cast<float>(rate.value);
  ShockFeatures& f = out.features;
  amplitude_features(wave, f);
  slope_features(wave, fs, f);
  out.still = f[7] > kStillNear && f[13] > kStillSlope;
  if (out.still) return out;
  qrs_features(qrs, f);
  crossing_features(wave, fs, f);
  periodicity_features(wave, fs, f);
  plane_feature(wave, fs, f);
  rest_features(wave, fs, f);
  burst_feature(wave, fs, f);
  return out;
}

}  // namespace ecg::dsp
