// The learned correction of wave boundaries: features of one boundary in one lead, and what the trees make of
// them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dsp/delineate/edges.h"
#include "dsp/model/models.h"

namespace ecg::dsp {

enum class Boundary : std::uint8_t { kPOnset, kPOffset, kQrsOnset, kQrsOffset, kTOnset, kTOffset };
inline constexpr std::size_t kBoundaries = 6;

inline constexpr std::size_t kBoundaryFeatures = 57;
using BoundaryFeatures = std::array<float, kBoundaryFeatures>;
// In the order of the features; for the trainer.
const std::vector<std::string>& boundary_feature_names();

// One wave of a beat in all leads.
struct WaveView {
  const WaveScale* scale = nullptr;
  std::span<const ScaledLead> leads;
  std::span<const LeadWave> waves;
  std::span<const std::uint8_t> used;  // leads that may speak for the others
  std::span<const float> joint;        // joint_speed of the leads used
  std::array<float, kSlopeRules> joint_onset{}, joint_offset{};
  float onset = 0, offset = 0;                  // rule for all leads together, ms from R
  float gap_before = 0, gap_after = 0, rr = 0;  // ms to the wave before and after; NaN if there is none
  int r = 0;
};

// What the leads agree upon for one side of a wave, ms from R.
struct Consensus {
  EdgeRules median{};
  float outermost2_slope10 = 0, outermost2_slope20 = 0, quartile = 0;
};
Consensus consensus_of(const WaveView& view, Side side);

// The place the correction starts from, ms from R.
float anchor_of(const WaveView& view, const Consensus& consensus, std::size_t lead, Side side);

BoundaryFeatures boundary_features(const WaveView& view, const Consensus& consensus, std::size_t lead,
                                   Side side, float anchor);

// Milliseconds to add to the anchor; 0 without a model.
float correction(const Models& models, Boundary boundary, const BoundaryFeatures& features);

}  // namespace ecg::dsp
