#include "dsp/stream/live_tachycardia.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "dsp/beats/median.h"
#include "dsp/delineate/p_steadiness.h"
#include "dsp/delineate/shape_waves.h"
#include "dsp/filter/basic.h"
#include "dsp/model/models.h"
#include "dsp/rhythm/rhythm.h"

namespace ecg::dsp {
namespace {

constexpr std::size_t kLeastBeats = 7;
constexpr double kSteadyShare = 0.12, kSteadyMost = 0.8;
constexpr double kLeastSteadyP = 0.3;

double usual_rr(std::span<const SampleIndex> r_peaks) {
  std::vector<float> rr;
  for (std::size_t b = 1; b < r_peaks.size(); ++b)
    rr.push_back(static_cast<float>(r_peaks[b] - r_peaks[b - 1]));
  return static_cast<double>(quantile(rr, 0.5));
}

}  // namespace

bool is_steady_tachycardia(std::span<const SampleIndex> r_peaks, Hertz fs) {
  if (r_peaks.size() < kLeastBeats) return false;
  const double usual = usual_rr(r_peaks);
  if (usual <= 0 || 60 * fs.value / usual < kWideTachycardiaBpm) return false;
  double steady = 0;
  for (std::size_t b = 1; b < r_peaks.size(); ++b) {
    const double off = std::abs(static_cast<double>(r_peaks[b] - r_peaks[b - 1]) - usual);
    steady += off <= kSteadyShare * usual ? 1 : 0;
  }
  return steady >= kSteadyMost * static_cast<double>(r_peaks.size() - 1);
}

bool is_wide_tachycardia(std::span<const Channel> channels, std::span<const SampleIndex> r_peaks,
                         double shock_level, Hertz fs) {
  if (channels.empty() || !is_steady_tachycardia(r_peaks, fs)) return false;
  const double rr = usual_rr(r_peaks);
  std::vector<const std::vector<float>*> signals;
  for (const Channel& channel : channels) signals.push_back(&channel.clean);
  const double longest = std::min(800.0, 780 * rr / fs.value);
  const MedianBeat median =
      median_beat(signals, r_peaks, samples_of_ms(fs, 420), samples_of_ms(fs, std::max(300.0, longest)));
  if (median.empty()) return false;
  const std::vector<std::uint8_t> used(channels.size(), 1);
  const auto shape = delineate_shape(median, {used, rr, fs, true}, built_in_models());
  if (!shape) return false;
  const QrsBounds& qrs = shape->global.qrs;
  const bool p_wave = shape->global.p && shape->found.p &&
                      p_steadiness(median, *shape->found.p, signals, r_peaks) >= kLeastSteadyP;
  const double qrs_ms = (qrs.offset - qrs.onset) * 1000 / fs.value;
  return !wide_tachycardia(p_wave, 60 * fs.value / rr, qrs_ms, shock_level).empty();
}

}  // namespace ecg::dsp
