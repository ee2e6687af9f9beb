// How regular the ventricles beat, from the intervals between normal beats.
#pragma once

#include <span>

#include "dsp/analysis.h"

namespace ecg::dsp {

struct Regularity {
  int intervals = 0;
  double mean = 0;            // samples
  double relative_rmssd = 0;  // root mean square of successive differences over the mean
  double median_change = 0;   // median of |successive difference| over the mean
  // Irregularly irregular, as in atrial fibrillation; single early beats do not make it so.
  bool irregular() const { return intervals >= 5 && relative_rmssd > 0.12 && median_change > 0.06; }
};

// Intervals that touch a beat of another class are left out.
Regularity regularity_of(std::span<const Beat> beats);

}  // namespace ecg::dsp
