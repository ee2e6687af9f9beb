#include "dsp/rhythm/atrial.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "dsp/filter/basic.h"
#include "dsp/rhythm/atrial_signal.h"

namespace ecg::dsp {
namespace {

constexpr double kRateHz = 125;
constexpr double kStripMostS = 60;
constexpr double kLeastCycleMs = 170, kMostCycleMs = 264;
constexpr float kLeastMeanUv = 15;
// Of the signal thinned once more: what stays below is no flutter at the full rate.
constexpr float kLeastRough = 0.4F;

void bridge(std::vector<float>& x, int begin, int end) {
  const int n = static_cast<int>(x.size());
  begin = std::max(begin, 1);
  end = std::min(end, n - 1);
  if (begin >= end) return;
  const float left = x[static_cast<std::size_t>(begin - 1)], right = x[static_cast<std::size_t>(end)];
  for (int i = begin; i < end; ++i) {
    x[static_cast<std::size_t>(i)] =
        left + (right - left) * static_cast<float>(i - begin + 1) / static_cast<float>(end - begin + 1);
  }
}

// Without what is slower than about 2 Hz, and without the steps of bridges.
std::vector<float> quickened(const std::vector<float>& x, Hertz rate) {
  std::vector<float> slow, smooth, out(x.size());
  moving_average(x, samples_of_ms(rate, 320), slow);
  moving_average(x, samples_of_ms(rate, 40), smooth);
  for (std::size_t i = 0; i < x.size(); ++i) out[i] = smooth[i] - slow[i];
  return out;
}

float autocorrelation(const std::vector<float>& x, std::size_t lag) {
  std::array<float, 4> sum{}, power{};
  const std::size_t n = x.size();
  for (std::size_t i = lag; i + 4 <= n; i += 4) {
    for (std::size_t k = 0; k < 4; ++k) {
      sum[k] += x[i + k] * x[i + k - lag];
      power[k] += x[i + k] * x[i + k];
    }
  }
  const float all = power[0] + power[1] + power[2] + power[3];
  return all > 0 ? (sum[0] + sum[1] + sum[2] + sum[3]) / all : 0;
}

// Whether any lag of flutter is worth a close look.
bool repeats_roughly(const std::vector<float>& x, std::size_t from, std::size_t to) {
  std::vector<float> half(x.size() / 2);
  for (std::size_t i = 0; i < half.size(); ++i) half[i] = x[2 * i] + x[2 * i + 1];
  for (std::size_t lag = from / 2; lag <= to / 2 + 1; ++lag) {
    if (autocorrelation(half, lag) > kLeastRough) return true;
  }
  return false;
}

}  // namespace

Flutter find_flutter(std::span<const Channel> channels, std::span<const Beat> beats, Hertz fs) {
  constexpr std::array kLeads = {LeadId::kII, LeadId::kIII, LeadId::kAVF, LeadId::kV1};
  Flutter best;
  if (beats.size() < 4 || channels.empty()) return best;
  if (static_cast<double>(channels.front().centered.size()) > kStripMostS * fs.value) return best;
  for (AtrialLead& lead : atrial_leads(channels, kLeads, fs, kRateHz)) {
    for (int r : beats_at(beats, fs, lead.rate))
      bridge(lead.x, r - samples_of_ms(lead.rate, 60), r + samples_of_ms(lead.rate, 60));
    const std::vector<float> x = quickened(lead.x, lead.rate);
    float size = 0;
    for (float v : x) size += std::abs(v);
    if (size < kLeastMeanUv * static_cast<float>(x.size())) continue;
    const auto from = static_cast<std::size_t>(samples_of_ms(lead.rate, kLeastCycleMs));
    const auto to = static_cast<std::size_t>(samples_of_ms(lead.rate, kMostCycleMs));
    if (!repeats_roughly(x, from, to)) continue;
    std::vector<float> at_lag(to + 2, 0);
    for (std::size_t lag = from - 1; lag <= to + 1; ++lag) at_lag[lag] = autocorrelation(x, lag);
    for (std::size_t lag = from; lag <= to; ++lag) {
      const float once = at_lag[lag];
      if (once < at_lag[lag - 1] || once < at_lag[lag + 1] || static_cast<double>(once) <= best.steadiness)
        continue;
      const float trough = autocorrelation(x, lag / 2);
      float twice = 0;
      for (std::size_t k = 2 * lag - 1; k <= 2 * lag + 1; ++k) twice = std::max(twice, autocorrelation(x, k));
      const double steadiness = static_cast<double>(std::min({once, twice, -trough + 0.25F}));
      if (steadiness > best.steadiness) best = {steadiness, static_cast<double>(lag) / lead.rate.value};
    }
  }
  return best;
}

}  // namespace ecg::dsp
