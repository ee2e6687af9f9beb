// QRS detection over a finished recording, all usable leads together.
#pragma once

#include <span>
#include <vector>

#include "dsp/filter/channel.h"
#include "dsp/signal.h"

namespace ecg::dsp {

// R peaks, ascending: where the weighted magnitude of all leads is greatest within each QRS. Uses the
// channels' clean, centered and weight; channels of weight 0 do not take part.
std::vector<SampleIndex> detect_qrs(std::span<const Channel> channels, Hertz sampling_frequency);

}  // namespace ecg::dsp
