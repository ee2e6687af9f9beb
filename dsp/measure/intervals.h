// P, PR, QRS and QT of the delineated median beat, and QT corrected for the rate.
#pragma once

#include <optional>

#include "dsp/analysis.h"
#include "dsp/delineate/shape_waves.h"

namespace ecg::dsp {

// P, PR, QRS, QT and the four corrected QT (clinical.md 7.4), from the median beat and the mean RR in out.
void measure_intervals(const std::optional<Delineation>& waves, Hertz sampling_frequency, Measurements& out);

// The median over the leads of the PR that each shows by itself, ms: no outlier lengthens it, as one may do
// to the interval from the earliest P to the earliest QRS.
std::optional<double> middle_pr_ms(std::span<const LeadWaves> leads);

}  // namespace ecg::dsp
