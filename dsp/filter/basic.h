// The few linear filters everything else is built from. Plain functions and states; no allocation per sample.
#pragma once

#include <span>
#include <vector>

#include "dsp/signal.h"

namespace ecg::dsp {

// Whole samples nearest to a duration, at least 1.
int samples_of_ms(Hertz sampling_frequency, double ms);

// Second-order section, transposed direct form II; gain of the first coefficient normalised away.
struct Biquad {
  double b0 = 1, b1 = 0, b2 = 0, a1 = 0, a2 = 0;
};
struct BiquadState {
  double z1 = 0, z2 = 0;
  double step(const Biquad& c, double x) {
    const double y = c.b0 * x + z1;
    z1 = c.b1 * x - c.a1 * y + z2;
    z2 = c.b2 * x - c.a2 * y;
    return y;
  }
};
// Butterworth, second order. Requires 0 < cutoff_hz < sampling_frequency / 2.
Biquad low_pass(double cutoff_hz, Hertz sampling_frequency);
Biquad high_pass(double cutoff_hz, Hertz sampling_frequency);

// Mean over width samples (made odd) centred on each; narrower at the ends. in and out may not overlap.
void moving_average(std::span<const float> in, int width, std::vector<float>& out);

// Forward and backward, so without phase shift and -6 dB at the cutoff of the section. The ends are continued
// over pad samples by reflection at the point whose level is the mean of the pivot samples there.
void filter_zero_phase(const Biquad& section, int pad, int pivot, std::vector<float>& signal);

// The q-quantile, 0 <= q <= 1; reorders values. 0 for none.
float quantile(std::vector<float>& values, double q);

// Every step-th value, for quantiles of signals that change slowly against the sampling frequency.
std::vector<float> thinned(std::span<const float> values, std::size_t step);

}  // namespace ecg::dsp
