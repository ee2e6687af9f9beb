// Names the rhythm of each stretch of a recording from beats, activity and the P wave.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "dsp/analysis.h"
#include "dsp/beats/pacing.h"
#include "dsp/rhythm/atrial.h"

namespace ecg::dsp {

struct RhythmFacts {
  SampleIndex frames = 0;
  Hertz sampling_frequency;
  bool p_wave = false;                    // P precedes the usual QRS
  double usual_qrs_ms = 0;                // 0 = not measured
  std::vector<RhythmInterval> shockable;  // VF, VFL, VT found in the signal itself
  std::vector<float> shock_levels;        // by second, as in ShockStretches
  std::vector<Interval> silent;
  Flutter flutter;
  AvConduction av;
  Pacing pacing;
};

// Intervals cover the recording, ascending, without overlap. Limits: bradycardia below 60/min, tachycardia
// above 100/min, a pause from 2 s, asystole from 4 s of silence or 6 s without a beat. One name where too few
// beats tell.
std::vector<RhythmInterval> rhythm_intervals(std::span<const Beat> beats, const RhythmFacts& facts);

inline constexpr double kWideTachycardiaBpm = 120;
// "VT" or "WCT" when beats without P are wide (from 125 ms) and fast (from 120/min), else empty. VT from
// 140/min on, unless the signal itself speaks against it: shock_level as in ShockStretches, 0 = not known.
std::string_view wide_tachycardia(bool p_wave, double bpm, double qrs_ms, double shock_level);

// The code that covers most of the recording, but VF, VFL, VT and ASYS before all others; "UNKNOWN" for none.
std::string_view leading_rhythm(std::span<const RhythmInterval> intervals);

}  // namespace ecg::dsp
