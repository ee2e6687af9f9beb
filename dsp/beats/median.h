// The median beat: sample by sample the median over beats of one shape, per lead; noise falls, what repeats
// stays.
#pragma once

#include <span>
#include <vector>

#include "dsp/filter/channel.h"
#include "dsp/signal.h"

namespace ecg::dsp {

struct MedianBeat {
  int r = 0;                              // index of the R peak in each lead
  int beats = 0;                          // how many went in
  std::vector<std::vector<float>> leads;  // in the order of the signals given
  bool empty() const { return beats == 0; }
  int size() const { return leads.empty() ? 0 : static_cast<int>(leads.front().size()); }
};

// From before samples before each R peak to after samples behind it. Beats whose window leaves the recording
// do not take part unless there is no other; of many, 48 evenly spread ones are used.
MedianBeat median_beat(std::span<const std::vector<float>* const> signals,
                       std::span<const SampleIndex> r_peaks, int before, int after);

}  // namespace ecg::dsp
