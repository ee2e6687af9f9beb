// What the atria do while the ventricles are subtracted or blanked: flutter, and P waves that do not belong
// to a QRS.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "dsp/analysis.h"
#include "dsp/filter/channel.h"

namespace ecg::dsp {

struct Flutter {
  double steadiness = 0;  // autocorrelation at one and two cycles, the lesser, best lead
  double cycle_s = 0;
};
// From II, III, aVF and V1 with each QRS bridged; cycles of 170 to 260 ms (230 to 350/min).
Flutter find_flutter(std::span<const Channel> channels, std::span<const Beat> beats,
                     Hertz sampling_frequency);

struct AvConduction {
  // "2AVB1", "2AVB2", "2AVB21" (2:1), "AVB_HIGH", "3AVB"; empty: none seen.
  std::string_view code;
  double atrial_bpm = 0;
};
// From a train of like P waves in II, V1 and I, of which some are not followed by a QRS. Only for strips of
// at least four beats whose rate is up to 65/min (52/min with p_wave: P before the usual QRS), or 110/min
// when they are irregular.
AvConduction find_av_block(std::span<const Channel> channels, std::span<const Beat> beats, bool p_wave,
                           Hertz sampling_frequency);

}  // namespace ecg::dsp
