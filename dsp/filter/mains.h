// Mains interference taken out by synchronous subtraction: its sine is estimated where the heart is quiet and
// subtracted everywhere, so nothing rings after a QRS.
#pragma once

#include <vector>

#include "dsp/signal.h"

namespace ecg::dsp {

// Returns the amplitude (peak) found, in the unit of the signal; 0 and no change where it does not stand out,
// where mains_hz is 0 or too close to half the sampling frequency, or the signal is shorter than a second.
double remove_mains(std::vector<float>& signal, Hertz sampling_frequency, double mains_hz);

}  // namespace ecg::dsp
