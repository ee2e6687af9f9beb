// Marks of single beats: the boundaries of the median beat carried to each beat, the peaks sought in each
// lead.
#pragma once

#include <span>
#include <vector>

#include "dsp/analysis.h"
#include "dsp/delineate/waves.h"
#include "dsp/filter/channel.h"

namespace ecg::dsp {

// waves: of the usual beat, indices relative to its R at r. Ventricular beats get their QRS peak only.
// Ascending by beat, then lead. Marks outside the recording are left out.
std::vector<WaveMark> mark_beats(std::span<const Channel> channels, std::span<const Beat> beats,
                                 const Delineation& waves, int r);

}  // namespace ecg::dsp
