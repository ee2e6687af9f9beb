// P, PR, QRS and QT of the delineated median beat, and QT corrected for the rate.
#pragma once

#include <optional>

#include "dsp/analysis.h"
#include "dsp/delineate/waves.h"

namespace ecg::dsp {

// P, PR, QRS, QT and the four corrected QT (clinical.md 7.4), from the median beat and the mean RR in out.
void measure_intervals(const std::optional<Delineation>& waves, Hertz sampling_frequency, Measurements& out);

}  // namespace ecg::dsp
