// Where a finished recording shows ventricular fibrillation, flutter or tachycardia.
#pragma once

#include <span>
#include <vector>

#include "dsp/analysis.h"
#include "dsp/filter/channel.h"
#include "dsp/model/trees.h"

namespace ecg::dsp {

struct ShockStretches {
  std::vector<RhythmInterval> found;  // VF, VFL, VT; ascending, apart
  std::vector<float> levels;          // log odds by second, over the three windows up to its end;
                                      // NaN where nothing could be judged
};

// Reads raw and missing of the channels.
ShockStretches shock_stretches(std::span<const Channel> channels, Hertz sampling_frequency,
                               const Forest& model);

}  // namespace ecg::dsp
