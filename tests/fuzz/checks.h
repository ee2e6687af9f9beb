// What must hold of every answer, whatever the recording.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "dsp/analysis.h"

namespace ecg::fuzz {

// The first thing that is wrong, or nothing.
std::string fault_of(const dsp::Recording& recording, const dsp::Analysis& analysis);

// events: all that a stream of this many frames gave, in order.
std::string fault_of(dsp::SampleIndex frames, std::size_t leads, std::span<const dsp::StreamEvent> events);

}  // namespace ecg::fuzz
