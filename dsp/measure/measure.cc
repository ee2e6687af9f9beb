#include "dsp/measure/measure.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "dsp/filter/basic.h"
#include "dsp/measure/measure_shape.h"

namespace ecg::dsp {
namespace {

// The greatest P, QRS or T area in I or aVF must exceed this, microvolt seconds times the sampling frequency
// being left out: below it an axis is noise.
constexpr double kLeastAxisUvSamples = 40;

Measured axis(const std::vector<float>& one, const std::vector<float>& two, int begin, int end) {
  const double i = area_of(one, begin, end);
  const double avf = area_of(two, begin, end) - i / 2;
  if (std::max(std::abs(i), std::abs(avf)) < kLeastAxisUvSamples) return not_measured("too_small");
  // Goldberger leads are smaller than Einthoven leads by sqrt(3)/2.
  return measured(std::atan2(avf * 2 / std::numbers::sqrt3, i) * 180 / std::numbers::pi);
}

}  // namespace

Measured measured(double value) {
  return {value, {}};
}
Measured not_measured(std::string_view reason) {
  return {std::nullopt, std::string(reason)};
}

Measurements nothing_measured(std::string_view reason) {
  const Measured none = not_measured(reason);
  return {none, none, none, none, none, none, none, none, none, none, none, none, none, none, none, none};
}

void measure_rhythm(std::span<const Beat> beats, bool p_wave, Hertz sampling_frequency, Measurements& out) {
  if (beats.size() < 2) {
    const Measured none = not_measured("no_beats");
    out.ventricular_rate_bpm = out.atrial_rate_bpm = out.rr_mean_ms = out.rr_min_ms = out.rr_max_ms = none;
    return;
  }
  const double ms = 1000 / sampling_frequency.value;
  double least = 1e300, most = 0;
  for (std::size_t b = 1; b < beats.size(); ++b) {
    const double rr = static_cast<double>(beats[b].r_peak - beats[b - 1].r_peak) * ms;
    least = std::min(least, rr);
    most = std::max(most, rr);
  }
  const double mean = static_cast<double>(beats.back().r_peak - beats.front().r_peak) * ms /
                      static_cast<double>(beats.size() - 1);
  out.rr_mean_ms = measured(mean);
  out.rr_min_ms = measured(least);
  out.rr_max_ms = measured(most);
  out.ventricular_rate_bpm = measured(60000 / mean);
  out.atrial_rate_bpm = p_wave ? out.ventricular_rate_bpm : not_measured("no_p_wave");
}

void measure_axes(const std::optional<Delineation>& waves, const std::vector<float>* lead_i,
                  const std::vector<float>* lead_ii, Measurements& out) {
  const auto all = [&out](std::string_view reason) {
    out.p_axis_deg = out.qrs_axis_deg = out.t_axis_deg = not_measured(reason);
  };
  if (!waves) return all("no_beats");
  if (lead_i == nullptr || lead_ii == nullptr) return all("lead_missing");
  out.qrs_axis_deg = axis(*lead_i, *lead_ii, waves->qrs.onset, waves->qrs.offset);
  out.p_axis_deg =
      waves->p ? axis(*lead_i, *lead_ii, waves->p->onset, waves->p->offset) : not_measured("no_p_wave");
  out.t_axis_deg =
      waves->t ? axis(*lead_i, *lead_ii, waves->t->peak - (waves->t->end - waves->t->peak), waves->t->end)
               : not_measured("no_t_wave");
}

LeadMeasurements measure_lead(const std::vector<float>& beat, int lead, bool calibrated,
                              const Delineation& waves, Hertz sampling_frequency) {
  LeadMeasurements out;
  out.lead = lead;
  if (!calibrated) {
    out.st_j_uv = out.st_j60_uv = out.r_uv = out.s_uv = not_measured("sensitivity_unknown");
    return out;
  }
  const LeadShape shape = measure_shape(beat, waves, sampling_frequency);
  out.st_j_uv = measured(shape.st_j_uv);
  out.st_j60_uv = measured(shape.st_j60_uv);
  out.r_uv = measured(shape.tallest_uv);
  out.s_uv = measured(shape.deepest_uv);
  out.shape = shape;
  return out;
}

double area_of(const std::vector<float>& beat, int begin, int end) {
  const int n = static_cast<int>(beat.size());
  begin = std::clamp(begin, 0, n - 1);
  end = std::clamp(end, begin, n - 1);
  const auto first = static_cast<double>(beat[static_cast<std::size_t>(begin)]);
  const auto last = static_cast<double>(beat[static_cast<std::size_t>(end)]);
  double sum = 0;
  for (int i = begin; i < end; ++i) {
    const double line = first + (last - first) * (i - begin) / std::max(1, end - begin);
    sum += static_cast<double>(beat[static_cast<std::size_t>(i)]) - line;
  }
  return sum;
}

}  // namespace ecg::dsp
