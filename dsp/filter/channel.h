// One lead on its way through the chain: physical values, what is missing, and the filtered copies.
#pragma once

#include <cstdint>
#include <vector>

#include "dsp/signal.h"

namespace ecg::dsp {

struct Channel {
  int lead = 0;  // position in Recording::leads
  LeadId id = LeadId::kOther;
  bool calibrated = false;            // false: raw and the rest are in LSB
  std::vector<float> raw;             // microvolts; gaps bridged by a straight line
  std::vector<std::uint8_t> missing;  // 1 inside a gap; empty = no gap
  std::vector<float> clean;           // raw without mains
  std::vector<float> centered;        // clean without baseline, for finding and comparing beats
  double mains_uv = 0;                // amplitude of what was taken out
  double muscle_uv = 0;               // RMS of other noise as fast as mains (FastNoise::muscle)
  double weight = 0;                  // share in decisions taken over several leads; 0 = not used

  bool is_missing(std::size_t i) const { return !missing.empty() && missing[i] != 0; }
};

// raw and missing of every lead. A lead shorter than the recording counts as missing from its end on.
std::vector<Channel> channels_of(const Recording& recording);

}  // namespace ecg::dsp
