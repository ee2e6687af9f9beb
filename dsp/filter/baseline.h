// Two ways to take out the baseline: a linear-phase high-pass for finding beats, and a spline through the
// level before each QRS for measuring, which leaves ST where it is.
#pragma once

#include <span>
#include <vector>

#include "dsp/signal.h"

namespace ecg::dsp {

// Means over whole blocks of step samples; what is left at the end belongs to none.
std::vector<float> block_means(std::span<const float> signal, int step);

// Zero phase, -6 dB at 0.5 Hz.
void remove_baseline_zero_phase(std::vector<float>& signal, Hertz sampling_frequency);

// Subtracts a cubic Hermite curve through the mean level of [knot - 16 ms, knot) of each knot; knots are the
// QRS onsets, ascending. Before the first and after the last knot the level stays. Without knots nothing
// changes.
void remove_baseline_at_knots(std::vector<float>& signal, std::span<const SampleIndex> knots,
                              Hertz sampling_frequency);

}  // namespace ecg::dsp
