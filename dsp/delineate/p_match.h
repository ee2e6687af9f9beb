// The P wave of the usual beat sought before each single beat: there, elsewhere, or not there.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dsp/beats/median.h"
#include "dsp/delineate/waves.h"

namespace ecg::dsp {

struct PMatch {
  float shift_ms = 0;   // later than in the usual beat
  float likeness = -1;  // correlation with the usual P over all leads, -1..1; -1: no room for P
  float size = 0;       // of this P, as a share of the usual one
};

struct PSearch {
  const MedianBeat* beat = nullptr;                    // usual beat of the leads that are trusted
  const Delineation* waves = nullptr;                  // of it; with P
  std::span<const std::vector<float>* const> signals;  // in the order of beat->leads
  std::span<const SampleIndex> r_peaks;                // of all beats, ascending
  Hertz sampling_frequency;
};

// One answer per beat.
std::vector<PMatch> match_p(const PSearch& search);

// False when what stands before QRS moves and changes its size from beat to beat, as fibrillation and flutter
// waves do that happen to be averaged into something like P. usual[b]: beat b has the usual shape. True when
// there are too few beats to tell. Meant for three leads or more: in one lead noise moves P as much.
bool p_is_steady(std::span<const PMatch> matches, std::span<const std::uint8_t> usual);

}  // namespace ecg::dsp
