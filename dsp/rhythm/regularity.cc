#include "dsp/rhythm/regularity.h"

#include <cmath>
#include <vector>

#include "dsp/filter/basic.h"

namespace ecg::dsp {

Regularity regularity_of(std::span<const Beat> beats) {
  Regularity result;
  std::vector<float> changes;
  double sum = 0, squares = 0, before = 0;
  for (std::size_t b = 1; b < beats.size(); ++b) {
    if (beats[b].beat_class != BeatClass::kNormal || beats[b - 1].beat_class != BeatClass::kNormal) {
      before = 0;
      continue;
    }
    const auto rr = static_cast<double>(beats[b].r_peak - beats[b - 1].r_peak);
    sum += rr;
    ++result.intervals;
    if (before > 0) {
      changes.push_back(static_cast<float>(std::abs(rr - before)));
      squares += (rr - before) * (rr - before);
    }
    before = rr;
  }
  if (result.intervals == 0 || changes.empty()) return result;
  result.mean = sum / result.intervals;
  result.relative_rmssd = std::sqrt(squares / static_cast<double>(changes.size())) / result.mean;
  result.median_change = static_cast<double>(quantile(changes, 0.5)) / result.mean;
  return result;
}

}  // namespace ecg::dsp
