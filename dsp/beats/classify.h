// Beat classes N, S, V from shape, width and prematurity (EC57 classes; fusion beats are not told apart).
#pragma once

#include <span>
#include <vector>

#include "dsp/analysis.h"
#include "dsp/beats/cluster.h"

namespace ecg::dsp {

struct GroupFacts {
  double qrs_ms = 0;  // width of the group's median QRS; 0 = not measured
};

// Number of the group that stands for the usual beat: the largest, unless one at least a third its size is
// clearly narrower.
int usual_group(const BeatShapes& shapes, std::span<const GroupFacts> facts);

// One class per beat. irregular: the rhythm has no fixed cycle, so that an early beat means nothing.
std::vector<BeatClass> classify_beats(const BeatShapes& shapes, std::span<const GroupFacts> facts, int usual,
                                      bool irregular);

}  // namespace ecg::dsp
