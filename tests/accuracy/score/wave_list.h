// Waves of one lead, and global intervals from the waves of all leads.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dsp/analysis.h"
#include "tests/accuracy/data/annotations.h"

namespace ecg::accuracy {

// onset, peak, offset, as samples.
struct MarkedWave {
  dsp::Wave wave = dsp::Wave::kQrs;
  std::optional<double> at[3];
};
inline constexpr std::size_t kOnset = 0, kPeak = 1, kOffset = 2;

using WaveList = std::vector<MarkedWave>;

// "(" wave ")" triples of an annotation file of one lead.
WaveList waves_of(const std::vector<Annotation>& annotations);

// Median P, PR, QRS and QT in ms by name; what is found in fewer than two beats or too few leads is absent.
std::map<std::string, double> global_intervals(const std::vector<WaveList>& leads, double hz);

}  // namespace ecg::accuracy
