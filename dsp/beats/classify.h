// Beat classes N, S, V by EC57, and Q for a detection that is no beat. Fusion beats are not told apart.
#pragma once

#include <vector>

#include "dsp/analysis.h"
#include "dsp/beats/features.h"
#include "dsp/model/trees.h"

namespace ecg::dsp {

// Outputs of the forest: log odds that a beat is ventricular, is supraventricular ectopic, is none at all.
enum class BeatOutput : std::uint8_t { kVentricular, kSupraventricular, kNoBeat, kCount };
inline constexpr int kBeatOutputs = static_cast<int>(BeatOutput::kCount);

// One class per beat. Beats of one shape have one origin: how ventricular a beat looks is judged together
// with the others of its group. Two rules stand above the trees: what is too wide to be conducted is V
// whenever it comes, and what comes early with the usual T wave and no pause is an aberrant S. forest empty:
// the usual shape is N, every other one Q.
std::vector<BeatClass> classify_beats(const BeatShapes& shapes, const BeatMeasures& measures,
                                      const Forest& forest);

}  // namespace ecg::dsp
