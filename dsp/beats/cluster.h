// Beats grouped by shape, so that the usual beat can be told from the others.
#pragma once

#include <span>
#include <vector>

#include "dsp/filter/channel.h"
#include "dsp/signal.h"

namespace ecg::dsp {

struct BeatShapes {
  std::vector<SampleIndex> r_peaks;  // as given, aligned to the group's shape by up to 16 ms
  std::vector<int> group;            // of each beat; groups are numbered from 0
  std::vector<int> group_size;
};

// Compares the QRS of all channels with weight > 0 by correlation; at most eight groups, the last takes the
// rest.
BeatShapes group_beats(std::span<const Channel> channels, std::span<const SampleIndex> r_peaks,
                       Hertz sampling_frequency);

}  // namespace ecg::dsp
