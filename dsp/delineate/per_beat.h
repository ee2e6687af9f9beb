// Marks of single beats: the boundaries of each shape carried to its beats.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "dsp/analysis.h"
#include "dsp/delineate/p_match.h"
#include "dsp/delineate/shape_waves.h"
#include "dsp/filter/channel.h"

namespace ecg::dsp {

struct MarkedBeats {
  std::span<const Beat> beats;
  std::span<const int> group;                         // shape of each beat
  std::span<const std::optional<ShapeWaves>> shapes;  // by group; leads in the order of the channels
  std::size_t usual = 0;
  std::span<const PMatch> p;  // of each beat; empty: there are no P waves
  Hertz sampling_frequency;
};

// Ascending by beat, then lead. Marks outside the recording are left out.
std::vector<WaveMark> mark_beats(std::span<const Channel> channels, const MarkedBeats& marked);

}  // namespace ecg::dsp
