// Tells a benchmark where the time of analyze() goes, and a trainer what was measured; dsp itself reads no
// clock.
#pragma once

#include <span>

#include "dsp/beats/features.h"
#include "dsp/model/models.h"

namespace ecg::dsp {

// ended(context, stage) is called when a part of the chain has ended: "filter", "detect", "beats",
// "delineate", "rhythm", "measure", "swap", "interpret". A stage may end several times, and need not at all.
struct StageWatch {
  void (*ended)(void* context, const char* stage) = nullptr;
  void* context = nullptr;
  // What the beat classes are decided from.
  void (*beats_measured)(void* context, const BeatShapes& shapes, const BeatMeasures& measures) = nullptr;
};

// analyze_with() under observation.
Analysis analyze_watched(const Recording& recording, const Options& options, const Models& models,
                         const StageWatch& watch);

}  // namespace ecg::dsp
