// The place of each beat in the rhythm.
#pragma once

#include <cstdint>
#include <span>

#include "dsp/beats/features.h"

namespace ecg::dsp {

// usual[b]: beat b has the shape of the usual beat. Fills the rr_ features and those of irregularity.
void measure_rhythm_place(std::span<const SampleIndex> r_peaks, std::span<const std::uint8_t> usual,
                          Hertz sampling_frequency, std::span<BeatRow> rows);

}  // namespace ecg::dsp
