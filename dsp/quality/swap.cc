#include "dsp/quality/swap.h"

#include <algorithm>
#include <cmath>

#include "dsp/measure/measure.h"

namespace ecg::dsp {

bool arms_look_swapped(const std::vector<float>& lead_i, const std::vector<float>& lead_ii,
                       const std::vector<float>& lead_v6, const Delineation& waves) {
  if (!waves.p) return false;
  const auto qrs = [&waves](const std::vector<float>& lead) {
    return area_of(lead, waves.qrs.onset, waves.qrs.offset);
  };
  const auto p = [&waves](const std::vector<float>& lead) {
    return area_of(lead, waves.p->onset, waves.p->offset);
  };
  const double p_i = p(lead_i), p_ii = p(lead_ii);
  const bool p_turned = p_i < 0 && std::abs(p_i) > 0.2 * std::abs(p_ii);
  const bool qrs_turned = qrs(lead_i) < 0 && qrs(lead_v6) > 0;
  return p_turned && qrs_turned;
}

}  // namespace ecg::dsp
