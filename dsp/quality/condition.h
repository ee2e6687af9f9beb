// The first step of the chain: every lead without mains and without baseline, and how far each can be
// trusted.
#pragma once

#include <vector>

#include "dsp/analysis.h"
#include "dsp/filter/channel.h"

namespace ecg::dsp {

// Fills clean, centered and mains_uv of each channel from raw and missing, and judges it; one answer per
// channel, in their order. Limb leads that are the sum of I and II are made from the filtered I and II.
std::vector<LeadQuality> condition(std::vector<Channel>& channels, Hertz sampling_frequency, double mains_hz);

}  // namespace ecg::dsp
