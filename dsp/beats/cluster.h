// Beats grouped by the shape of their QRS, so that the usual beat can be told from the others.
#pragma once

#include <span>
#include <vector>

#include "dsp/filter/channel.h"
#include "dsp/signal.h"

namespace ecg::dsp {

struct BeatShapes {
  std::vector<SampleIndex> r_peaks;  // as given, aligned to the group's shape by up to 70 ms
  std::vector<int> group;            // of each beat; groups are numbered from 0
  std::vector<int> group_size;       // none is 0
  int rest = -1;                     // the group of what is like nothing else, if there is one
  std::vector<float> likeness;       // correlation of each beat with its group as it stood, -1..1
};

// Compares the QRS of the channels with weight > 0 (at most eight) by correlation. A shape is kept for as
// long as it comes back: of 24 at a time the one that is rarest and was not seen for long gives way, its
// beats joining the group of what is like nothing else. r_peaks are ascending.
BeatShapes group_beats(std::span<const Channel> channels, std::span<const SampleIndex> r_peaks,
                       Hertz sampling_frequency);

}  // namespace ecg::dsp
