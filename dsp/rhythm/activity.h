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

// Takes away beats within silent stretches that no usable lead shows: amplifier and muscle noise.
void drop_beats_of_noise(std::span<const Channel> channels, std::span<const Interval> silent,
                         Hertz sampling_frequency, std::vector<SampleIndex>& r_peaks);

// Takes away beats within disorganised activity: what triggers the detector there is no beat, unless it comes
// as steadily as the beats of a tachycardia do.
void drop_beats_of_disorder(const Interval& disorder, std::vector<SampleIndex>& r_peaks);

}  // namespace ecg::dsp
