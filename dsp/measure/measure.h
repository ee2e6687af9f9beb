// Numbers from beats and from the delineated median beat.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "dsp/analysis.h"
#include "dsp/beats/median.h"
#include "dsp/delineate/waves.h"
#include "dsp/filter/channel.h"

namespace ecg::dsp {

Measured measured(double value);
Measured not_measured(std::string_view reason);
// All fields without a value, for one reason.
Measurements nothing_measured(std::string_view reason);

// Rates and RR from the beats; fewer than two beats: "no_beats".
void measure_rhythm(std::span<const Beat> beats, bool p_wave, Hertz sampling_frequency, Measurements& out);

// Axes from the areas of P, QRS and T in I and aVF, degrees, -180..180. i and ii may be null or uncalibrated.
void measure_axes(const std::optional<Delineation>& waves, const std::vector<float>* lead_i,
                  const std::vector<float>* lead_ii, Measurements& out);

// The shape of the lead, and from it ST at J and J + 60 ms, R and S; S is given as a positive depth.
LeadMeasurements measure_lead(const std::vector<float>& beat, int lead, bool calibrated,
                              const Delineation& waves, Hertz sampling_frequency);

// Area of [begin, end) against the line between its ends, in samples times the lead's unit.
double area_of(const std::vector<float>& beat, int begin, int end);

}  // namespace ecg::dsp
