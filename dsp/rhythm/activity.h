// Whether a few seconds of signal show anything at all, without finding beats.
#pragma once

#include <span>
#include <vector>

#include "dsp/filter/channel.h"
#include "dsp/signal.h"

namespace ecg::dsp {

struct Activity {
  bool known = false;   // at least one usable lead
  bool silent = false;  // no usable lead moves by more than 0.1 mV
};

// signals: the same window of several leads, microvolts, without baseline and mains.
Activity activity_of(std::span<const std::span<const float>> signals, Hertz sampling_frequency);

inline constexpr double kActivityWindowS = 4;

// Where no usable lead moves for at least a window, ascending, merged.
std::vector<Interval> silent_stretches(std::span<const Channel> channels, Hertz sampling_frequency);

}  // namespace ecg::dsp
