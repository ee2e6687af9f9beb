#include "dsp/measure/intervals.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "dsp/measure/measure.h"

namespace ecg::dsp {

std::optional<double> middle_pr_ms(std::span<const LeadWaves> leads) {
  std::vector<float> pr;
  for (const LeadWaves& lead : leads) {
    if (lead.p && lead.qrs) pr.push_back(lead.qrs->onset - lead.p->onset);
  }
  if (pr.empty()) return std::nullopt;
  std::ranges::nth_element(pr, pr.begin() + static_cast<std::ptrdiff_t>(pr.size() / 2));
  return static_cast<double>(pr[pr.size() / 2]);
}

void measure_intervals(const std::optional<Delineation>& waves, Hertz sampling_frequency, Measurements& out) {
  const Measured no_beats = not_measured("no_beats");
  const auto no_corrected = [&out](const Measured& why) {
    out.qtc_bazett_ms = out.qtc_fridericia_ms = out.qtc_framingham_ms = out.qtc_hodges_ms = why;
  };
  if (!waves) {
    out.p_ms = out.pr_ms = out.qrs_ms = out.qt_ms = no_beats;
    no_corrected(no_beats);
    return;
  }
  const double ms = 1000 / sampling_frequency.value;
  out.qrs_ms = measured((waves->qrs.offset - waves->qrs.onset) * ms);
  if (waves->p) {
    out.p_ms = measured((waves->p->offset - waves->p->onset) * ms);
    out.pr_ms = measured((waves->qrs.onset - waves->p->onset) * ms);
  } else {
    out.p_ms = out.pr_ms = not_measured("no_p_wave");
  }
  if (!waves->t) {
    out.qt_ms = not_measured("no_t_wave");
    no_corrected(out.qt_ms);
    return;
  }
  const double qt = (waves->t->end - waves->qrs.onset) * ms;
  out.qt_ms = measured(qt);
  if (!out.rr_mean_ms.value) return no_corrected(no_beats);
  const double rr = *out.rr_mean_ms.value / 1000;
  out.qtc_bazett_ms = measured(qt / std::sqrt(rr));
  out.qtc_fridericia_ms = measured(qt / std::cbrt(rr));
  out.qtc_framingham_ms = measured(qt + 154 * (1 - rr));
  out.qtc_hodges_ms = measured(qt + 1.75 * (60 / rr - 60));
}

}  // namespace ecg::dsp
