// Pacemaker spikes in the samples as recorded, and what they stimulate.
#pragma once

#include <span>
#include <vector>

#include "dsp/analysis.h"
#include "dsp/filter/channel.h"

namespace ecg::dsp {

// Samples at which a spike stands in several leads, ascending, at least 20 ms apart. Reads raw: a spike is a
// few milliseconds wide and does not survive a filter. Needs 250 Hz.
std::vector<SampleIndex> pacing_spikes(std::span<const Channel> channels, Hertz sampling_frequency);

struct Pacing {
  int atrial = 0, ventricular = 0;  // beats whose atria, whose ventricles were stimulated
  int beats = 0;
  // At least three beats, and a third of them, follow a spike at a steady distance.
  bool atrial_paced = false, ventricular_paced = false;
};

// Spikes 10 to 110 ms before R stimulate the ventricles, those 120 to 350 ms before it the atria, if their
// distance to R is steady.
Pacing pacing_of(std::span<const SampleIndex> spikes, std::span<const Beat> beats, Hertz sampling_frequency);

}  // namespace ecg::dsp
