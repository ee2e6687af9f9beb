#include "dsp/detect/detect.h"

#include <algorithm>
#include <cmath>

#include "dsp/detect/qrs_decider.h"
#include "dsp/detect/qrs_feature.h"
#include "dsp/filter/basic.h"

namespace ecg::dsp {
namespace {

constexpr double kFiducialReachMs = 80;

// The usual height of the highest value in two seconds, the longest usual distance of beats: the median, so
// that one artefact or one pause does not count.
float usual_peak(std::span<const float> values, std::size_t second) {
  std::vector<float> peaks;
  const std::size_t piece = 2 * second;
  for (std::size_t begin = 0; begin < values.size(); begin += piece) {
    const std::size_t end = std::min(values.size(), begin + piece);
    if (end - begin < second && !peaks.empty()) break;
    peaks.push_back(*std::max_element(values.begin() + static_cast<std::ptrdiff_t>(begin),
                                      values.begin() + static_cast<std::ptrdiff_t>(end)));
  }
  return quantile(peaks, 0.5);
}

struct Fused {
  std::vector<float> feature;
  float least_peak = 0;
};

Fused fused_feature(std::span<const Channel> channels, Hertz fs, std::size_t second) {
  std::vector<float> fused, slope;
  double total_weight = 0, floor = 0;
  for (const Channel& channel : channels) {
    if (channel.weight <= 0) continue;
    QrsSlope filter(fs);
    slope.resize(channel.clean.size());
    for (std::size_t i = 0; i < slope.size(); ++i) slope[i] = filter.push(channel.clean[i]);
    double scale = static_cast<double>(usual_peak(slope, second));
    if (channel.calibrated) scale = std::max(scale, kLeastQrsSlope);
    if (scale <= 0) continue;
    const auto factor = static_cast<float>(channel.weight / scale);
    // One lead's artefact is bounded so that it cannot outvote the others.
    const auto most = static_cast<float>(2.5 * channel.weight);
    fused.resize(slope.size(), 0);
    for (std::size_t i = 0; i < slope.size(); ++i) fused[i] += std::min(slope[i] * factor, most);
    total_weight += channel.weight;
    if (channel.calibrated) floor += channel.weight * kLeastQrsSlope / scale;
  }
  if (total_weight <= 0) return {};
  TrailingMean mean(qrs_feature_width(fs));
  for (float& value : fused) value = mean.push(static_cast<float>(static_cast<double>(value) / total_weight));
  const auto absolute = kLeastPeakOfFloor * static_cast<float>(floor / total_weight);
  return {std::move(fused), std::max(kLeastPeakShare, absolute)};
}

std::vector<float> fused_magnitude(std::span<const Channel> channels, std::size_t second) {
  std::vector<float> fused, magnitude;
  for (const Channel& channel : channels) {
    if (channel.weight <= 0) continue;
    magnitude.resize(channel.centered.size());
    for (std::size_t i = 0; i < magnitude.size(); ++i) magnitude[i] = std::abs(channel.centered[i]);
    const float usual = usual_peak(magnitude, second);
    if (usual <= 0) continue;
    fused.resize(magnitude.size(), 0);
    const auto factor = static_cast<float>(channel.weight / static_cast<double>(usual));
    for (std::size_t i = 0; i < magnitude.size(); ++i) fused[i] += magnitude[i] * factor;
  }
  return fused;
}

}  // namespace

std::vector<SampleIndex> detect_qrs(std::span<const Channel> channels, Hertz sampling_frequency) {
  const auto second = static_cast<std::size_t>(samples_of_ms(sampling_frequency, 1000));
  const Fused fused = fused_feature(channels, sampling_frequency, second);
  const std::vector<float>& feature = fused.feature;
  const std::vector<float> magnitude = fused_magnitude(channels, second);
  if (feature.empty() || magnitude.size() != feature.size()) return {};
  const std::span<const float> beginning(feature.data(), std::min(feature.size(), 12 * second));
  QrsDecider decider(sampling_frequency, usual_peak(beginning, second), fused.least_peak);
  std::vector<QrsDecision> decisions;
  for (float value : feature) decider.push(value, decisions);
  // The last beat's peak may still wait for its dominance time.
  for (int i = samples_of_ms(sampling_frequency, 150); i > 0; --i) decider.push(0, decisions);

  const int delay = qrs_feature_delay(sampling_frequency);
  const int reach = samples_of_ms(sampling_frequency, kFiducialReachMs);
  const auto last = static_cast<SampleIndex>(feature.size()) - 1;
  std::vector<SampleIndex> r_peaks;
  for (const QrsDecision& decision : decisions) {
    const SampleIndex middle = decision.at - delay;
    const SampleIndex begin = std::clamp<SampleIndex>(middle - reach, 0, last);
    const SampleIndex end = std::clamp<SampleIndex>(middle + reach, begin, last);
    r_peaks.push_back(std::max_element(magnitude.begin() + begin, magnitude.begin() + end + 1) -
                      magnitude.begin());
  }
  std::ranges::sort(r_peaks);
  const int refractory = samples_of_ms(sampling_frequency, 200);
  std::vector<SampleIndex> kept;
  for (SampleIndex r : r_peaks) {
    if (kept.empty() || r - kept.back() >= refractory) kept.push_back(r);
  }
  return kept;
}

}  // namespace ecg::dsp
