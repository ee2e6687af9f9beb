// Exchanged electrodes from the last seconds of a stream.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "dsp/filter/channel.h"
#include "dsp/quality/swap.h"

namespace ecg::dsp {

// channels: raw and missing of a few seconds; r_peaks: beats within them, ascending. Empty with fewer than
// four beats of one shape, or where one of the eight independent leads is missing, poor or uncalibrated.
std::optional<SwapFinding> exchange_in_window(std::vector<Channel> channels,
                                              std::span<const SampleIndex> r_peaks, Hertz sampling_frequency,
                                              double mains_hz);

}  // namespace ecg::dsp
