// Stretches of a lead around a beat, read on a coarse grid of about 8 ms: each value is the mean of the
// samples it stands for. All comparing of beats happens there, whatever the sampling frequency.
#pragma once

#include <span>
#include <vector>

#include "dsp/signal.h"

namespace ecg::dsp {

struct BeatGrid {
  explicit BeatGrid(Hertz sampling_frequency);
  int step = 1;                         // samples per value
  double ms = 8;                        // of one value
  int count(double duration_ms) const;  // nearest number of values, at least 1
};

// The values whose middles are centre + k * grid.step for k = first .. first + out.size() - 1. Outside the
// signal its ends go on. signal is not empty.
void cut(std::span<const float> signal, const BeatGrid& grid, SampleIndex centre, int first,
         std::span<float> out);

}  // namespace ecg::dsp
