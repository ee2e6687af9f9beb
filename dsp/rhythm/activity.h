// What kind of activity a few seconds of signal show, without finding beats: nothing, disorder as in
// ventricular fibrillation, or else.
#pragma once

#include <span>
#include <vector>

#include "dsp/filter/channel.h"
#include "dsp/signal.h"

namespace ecg::dsp {

struct Activity {
  bool known = false;         // at least one usable lead
  bool silent = false;        // no usable lead moves by more than 0.1 mV
  bool disorganised = false;  // most usable leads oscillate without rest at 2..9 Hz
  double frequency_hz = 0;    // of the oscillation, median over leads
};

// signals: the same window of several leads, microvolts, without baseline and mains. Judged by leakage of the
// half-period filter (Kuo and Dillman 1978) and by the share of time near zero.
Activity activity_of(std::span<const std::span<const float>> signals, Hertz sampling_frequency);

inline constexpr double kActivityWindowS = 4;

struct ActivityStretches {
  std::vector<Interval> disorganised;  // disorder in at least two windows a second apart
  std::vector<Interval> silent;        // at least one window in which no usable lead moves
};

// Ascending, merged.
ActivityStretches activity_stretches(std::span<const Channel> channels, Hertz sampling_frequency);

}  // namespace ecg::dsp
