// The waves of single beats in one or two leads, and their means over groups.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "dsp/beats/cluster.h"
#include "dsp/beats/window.h"
#include "dsp/filter/channel.h"

namespace ecg::dsp {

// Values of one beat on the BeatGrid, its leads one after another.
struct BeatFrame {
  explicit BeatFrame(Hertz sampling_frequency);
  BeatGrid grid;
  int before = 0;    // values before R
  int per_lead = 0;  // values of one lead
  int leads = 0;
  // Position in one lead of a time relative to R, within the frame.
  int at(double ms) const;
  std::size_t size() const { return static_cast<std::size_t>(per_lead * leads); }
  std::span<const float> lead(std::span<const float> wave, int number) const {
    return wave.subspan(static_cast<std::size_t>(number * per_lead), static_cast<std::size_t>(per_lead));
  }
};

// Every beat's wave in the leads read, each lead freed of its level before the QRS and divided by the usual
// size of its QRS.
struct BeatWaves {
  BeatFrame frame;
  SampleIndex frames = 0;  // of the recording
  std::vector<float> values;
  std::span<const float> wave(std::size_t beat) const {
    return std::span(values).subspan(beat * frame.size(), frame.size());
  }
};

// Of the channels with weight > 0 a limb lead (II before others) and a chest lead (V1 before others) are
// read.
BeatWaves read_waves(std::span<const Channel> channels, std::span<const SampleIndex> r_peaks,
                     Hertz sampling_frequency);

// First and last value, both in one lead's numbering and inclusive.
struct Stretch {
  int begin = 0, end = 0;
};

// Correlation of two waves over a stretch after taking out each one's mean and slope; NaN if one is flat.
float likeness(std::span<const float> a, std::span<const float> b, Stretch part);
// Root mean square of the difference.
float distance(std::span<const float> a, std::span<const float> b, Stretch part);
float root_mean_square(std::span<const float> a, Stretch part);
float mean(std::span<const float> a, Stretch part);

struct QrsExtent {
  float width_ms = 0;   // from where the leads together begin to where they cease to move at 15 % of their
                        // greatest speed
  float spread_ms = 0;  // holds the middle 80 % of their way
};
QrsExtent qrs_extent(const BeatFrame& frame, std::span<const float> wave);

}  // namespace ecg::dsp
