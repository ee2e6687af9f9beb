// Whether the last beats of a stream are those of a wide-QRS tachycardia, by the rule for finished strips.
#pragma once

#include <span>

#include "dsp/filter/channel.h"
#include "dsp/signal.h"

namespace ecg::dsp {

// Rate that is worth the look: at least seven beats, nearly all at a steady distance, at 120/min or more.
bool is_steady_tachycardia(std::span<const SampleIndex> r_peaks, Hertz sampling_frequency);

// channels: the same last seconds of a few leads, clean without baseline. r_peaks: of the last beats, counted
// from the beginning of these seconds. shock_level: as in ShockSecond.
bool is_wide_tachycardia(std::span<const Channel> channels, std::span<const SampleIndex> r_peaks,
                         double shock_level, Hertz sampling_frequency);

}  // namespace ecg::dsp
