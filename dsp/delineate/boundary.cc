#include "dsp/delineate/boundary.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ecg::dsp {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr std::array<int, 11> kOwnSteps = {-9, -6, -4, -2, -1, 0, 1, 2, 4, 6, 9};
constexpr std::array<int, 7> kJointSteps = {-6, -3, -1, 0, 1, 3, 6};
constexpr std::array<int, 6> kShapeSteps = {-8, -4, -2, 2, 4, 8};

float at(std::span<const float> x, int i) {
  return x[static_cast<std::size_t>(std::clamp(i, 0, static_cast<int>(x.size()) - 1))];
}

const EdgeRules& edge(const LeadWave& wave, Side side) {
  return side == Side::kOnset ? wave.onset : wave.offset;
}

float kth(std::vector<float>& values, std::size_t k) {
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(std::min(k, values.size() - 1));
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

// The step of one profile position: T is wider than QRS.
int profile_step(const WaveScale& scale) {
  return scale.half_step;
}

class Row {
 public:
  void add(float value) {
    if (next_ < out_.size()) out_[next_++] = value;
  }
  const BoundaryFeatures& values() const { return out_; }

 private:
  BoundaryFeatures out_{};
  std::size_t next_ = 0;
};

std::vector<std::string> make_names() {
  std::vector<std::string> names;
  const std::array<const char*, kEdgeRules> rules = {"slope40", "slope20",  "slope10", "slope5",
                                                     "tangent", "height15", "height30"};
  for (const char* rule : rules) names.push_back(std::string("own_") + rule);
  for (int k = 0; k < kSlopeRules; ++k)
    names.push_back(std::string("joint_") + rules[static_cast<std::size_t>(k)]);
  for (const char* rule : rules) names.push_back(std::string("median_") + rule);
  for (const char* name : {"second_slope10", "second_slope20", "quartile_slope10", "all_leads"})
    names.emplace_back(name);
  for (int step : kOwnSteps) names.push_back("speed_" + std::to_string(step));
  for (int step : kJointSteps) names.push_back("joint_speed_" + std::to_string(step));
  for (int step : kShapeSteps) names.push_back("shape_" + std::to_string(step));
  for (const char* name : {"log_height", "share_of_speed", "noise", "own_width", "width", "gap_before",
                           "gap_after", "rr", "peak", "sign", "height_at_anchor"})
    names.emplace_back(name);
  return names;
}

}  // namespace

const std::vector<std::string>& boundary_feature_names() {
  static const std::vector<std::string> names = make_names();
  return names;
}

Consensus consensus_of(const WaveView& view, Side side) {
  Consensus out;
  std::vector<float> values;
  for (std::size_t k = 0; k < kEdgeRules; ++k) {
    values.clear();
    for (std::size_t lead = 0; lead < view.waves.size(); ++lead) {
      if (view.used[lead] != 0) values.push_back(edge(view.waves[lead], side)[k]);
    }
    if (values.empty()) continue;
    out.median[k] = kth(values, values.size() / 2);
    // Counted from the outside.
    const auto outer = [&values, side](std::size_t n) {
      n = std::min(n, values.size() - 1);
      return kth(values, side == Side::kOnset ? n : values.size() - 1 - n);
    };
    if (k == 1) out.outermost2_slope20 = outer(1);
    if (k == 2) {
      out.outermost2_slope10 = outer(1);
      out.quartile = outer(values.size() / 4);
    }
  }
  return out;
}

float anchor_of(const WaveView& view, const Consensus& consensus, std::size_t lead, Side side) {
  const std::size_t rule = view.scale == &kTScale && side == Side::kOffset ? 4 : 2;
  const float most = view.scale == &kQrsScale ? 24 : 40;
  const float own = edge(view.waves[lead], side)[rule], median = consensus.median[rule];
  return median + std::clamp(own - median, -most, most) / 2;
}

BoundaryFeatures boundary_features(const WaveView& view, const Consensus& consensus, std::size_t lead,
                                   Side side, float anchor) {
  const LeadWave& wave = view.waves[lead];
  const ScaledLead& x = view.leads[lead];
  const bool onset = side == Side::kOnset;
  const float outward = onset ? -1.0F : 1.0F;
  Row row;
  const auto place = [&row, anchor, outward](float ms) { row.add((ms - anchor) * outward); };
  for (float ms : edge(wave, side)) place(ms);
  for (float ms : onset ? view.joint_onset : view.joint_offset) place(ms);
  for (float ms : consensus.median) place(ms);
  place(consensus.outermost2_slope10);
  place(consensus.outermost2_slope20);
  place(consensus.quartile);
  place(onset ? view.onset : view.offset);

  const int here = view.r + static_cast<int>(std::lround(anchor / kGridMs));
  const int step = profile_step(*view.scale) * (onset ? -1 : 1);
  const float fastest = std::max(wave.fastest, 1e-6F);
  float joint_fastest = 1e-6F, fastest_lead = 1e-6F;
  for (std::size_t other = 0; other < view.waves.size(); ++other) {
    if (view.used[other] != 0) fastest_lead = std::max(fastest_lead, view.waves[other].fastest);
  }
  const int begin = view.r + static_cast<int>(view.onset / kGridMs);
  const int end = view.r + static_cast<int>(view.offset / kGridMs);
  for (int i = begin; i <= end; ++i) joint_fastest = std::max(joint_fastest, at(view.joint, i));
  for (int k : kOwnSteps) row.add(at(x.speed, here + k * step) / fastest);
  for (int k : kJointSteps) row.add(at(view.joint, here + k * step) / joint_fastest);
  const float height = std::abs(wave.height) > 1e-6F ? wave.height : 1e-6F;
  const float level = at(x.smooth, here);
  for (int k : kShapeSteps)
    row.add(std::clamp((at(x.smooth, here + k * step) - level) / height, -4.0F, 4.0F));

  row.add(std::log(std::abs(height) + 1));
  row.add(fastest / fastest_lead);
  float rest = 0;
  for (int k = 8; k < 16; ++k) rest += at(x.speed, here + k * step) / 8;
  row.add(rest / fastest);
  row.add(wave.offset[2] - wave.onset[2]);
  row.add(view.offset - view.onset);
  row.add(view.gap_before);
  row.add(view.gap_after);
  row.add(view.rr > 0 ? view.rr : kNaN);
  place(static_cast<float>(wave.peak - view.r) * kGridMs);
  row.add(height > 0 ? 1.0F : -1.0F);
  row.add(std::clamp((at(x.smooth, wave.peak) - level) / height, -4.0F, 4.0F));
  return row.values();
}

float correction(const Models& models, Boundary boundary, const BoundaryFeatures& features) {
  const std::array<const Forest*, kBoundaries> forests = {
      &models.boundary_p_onset,    &models.boundary_p_offset, &models.boundary_qrs_onset,
      &models.boundary_qrs_offset, &models.boundary_t_onset,  &models.boundary_t_offset};
  const Forest& forest = *forests[static_cast<std::size_t>(boundary)];
  return forest.empty() ? 0 : evaluate(forest, features);
}

}  // namespace ecg::dsp
