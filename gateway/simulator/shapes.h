// The shapes of single waves as sums of bell curves, in microvolts, for the eight independent leads I, II,
// V1..V6.
#pragma once

#include <array>
#include <span>

#include "gateway/simulator/scenario.h"

namespace ecg::simulator {

inline constexpr int kIndependentLeads = 8;
using LeadVector = std::array<double, kIndependentLeads>;  // I, II, V1..V6, microvolts

// A bell with its own width on each side. Times in seconds from the R peak (QRS, T) or the middle of P.
struct Bell {
  double center_s = 0;
  double sigma_before_s = 0;
  double sigma_after_s = 0;
  LeadVector peak_uv{};
};

// One ventricular beat. T is given for a cycle of 0.833 s (72/min) and shrinks with shorter cycles.
struct BeatShape {
  std::span<const Bell> qrs;
  Bell t;
  LeadVector st_uv{};  // level from the J point to the T peak
  double j_s = 0.045;  // where the ST level begins
};

const BeatShape& conducted_shape(Morphology morphology);
// Parts of conducted_shape; nullptr where the shape is none of theirs.
const BeatShape* infarction_shape(Morphology morphology);
const BeatShape* conduction_shape(Morphology morphology);
const BeatShape& ventricular_shape();
std::span<const Bell> p_shape();

// Adds the wave at time t_s from its centre, scaled.
void add_bell(const Bell& bell, double t_s, double scale, LeadVector& sum);
// cycle_s sets where T lies. t_s from the R peak.
void add_beat(const BeatShape& shape, double t_s, double cycle_s, double scale, LeadVector& sum);

// A beat and a P wave are zero outside these times, seconds.
inline constexpr double kBeatBeginsS = -0.25;
inline constexpr double kBeatEndsS = 0.80;
inline constexpr double kPHalfWidthS = 0.10;

}  // namespace ecg::simulator
