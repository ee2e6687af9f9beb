// Whether the P wave of the median beat is there in the single beats as well.
#pragma once

#include <span>
#include <vector>

#include "dsp/beats/median.h"
#include "dsp/delineate/waves.h"

namespace ecg::dsp {

// Mean correlation, -1..1, of the P region of each beat with that of the median beat, all leads together.
// signals in the order of beat.leads. 1 when there are fewer than three beats to compare.
double p_steadiness(const MedianBeat& beat, const PWave& p,
                    std::span<const std::vector<float>* const> signals, std::span<const SampleIndex> r_peaks);

}  // namespace ecg::dsp
