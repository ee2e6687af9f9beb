#include "dsp/beats/classify.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace ecg::dsp {
namespace {

// Log odds from which a class is called. Supraventricular beats are rare among the examples and called early.
constexpr float kVentricularFrom = 0.8F, kSupraventricularFrom = -2.0F, kNoBeatFrom = 0;
// Log odds beyond this say no more.
constexpr float kCertain = 4;
// Share of the group in the judgement of a beat that fits it well, and how well a beat must fit to be judged
// with it at all and fully.
constexpr float kGroupShare = 0.5F, kFitsFrom = 0.5F, kFitsFully = 0.9F;

using Odds = std::array<float, kBeatOutputs>;

float& of(Odds& odds, BeatOutput output) {
  return odds[static_cast<std::size_t>(output)];
}

void judge_with_group(const BeatShapes& shapes, const BeatMeasures& measures, std::vector<Odds>& odds) {
  std::vector<float> sum(shapes.group_size.size(), 0);
  for (std::size_t b = 0; b < odds.size(); ++b) {
    sum[static_cast<std::size_t>(shapes.group[b])] +=
        std::clamp(of(odds[b], BeatOutput::kVentricular), -kCertain, kCertain);
  }
  for (std::size_t b = 0; b < odds.size(); ++b) {
    if (shapes.group[b] == shapes.rest) continue;
    const auto g = static_cast<std::size_t>(shapes.group[b]);
    const float fit = measures.rows[b][static_cast<std::size_t>(BeatFeature::kOwnLike)];
    if (std::isnan(fit)) continue;
    const float share = kGroupShare * std::clamp((fit - kFitsFrom) / (kFitsFully - kFitsFrom), 0.0F, 1.0F);
    float& own = of(odds[b], BeatOutput::kVentricular);
    own += share * (sum[g] / static_cast<float>(shapes.group_size[g]) - own);
  }
}

float of(const BeatRow& row, BeatFeature feature) {
  return row[static_cast<std::size_t>(feature)];
}

// Early, without the pause that a ventricular beat leaves, its T wave as usual: the impulse came from above
// and found a bundle branch refractory. Repolarisation follows a ventricular origin with a T wave of its own.
bool is_aberrant(const BeatRow& row) {
  constexpr float kTLike = 0.35F, kNoPause = 0.9F, kEarly = 0.85F;
  const float own = of(row, BeatFeature::kTDistance), group = of(row, BeatFeature::kGroupTDistance);
  const float t = std::isnan(group) ? own : (own + group) / 2;
  return t < kTLike && of(row, BeatFeature::kRrTwoOverUsual) < kNoPause &&
         of(row, BeatFeature::kRrBeforeOverUsual) < kEarly;
}

// No bundle branch block makes a QRS so wide: escape beats, and ventricular rhythms as slow as the sinus.
bool is_too_wide_to_be_conducted(const BeatRow& row, int group_size) {
  constexpr float kWideMs = 190, kWiderMs = 70, kWideAloneMs = 150, kFits = 0.9F, kUnlike = 0.7F;
  constexpr int kRepeats = 3;
  return group_size >= kRepeats && of(row, BeatFeature::kGroupWidthMs) >= kWideMs &&
         of(row, BeatFeature::kGroupWidthMoreMs) >= kWiderMs &&
         of(row, BeatFeature::kWidthMs) >= kWideAloneMs && of(row, BeatFeature::kGroupLike) < kUnlike &&
         of(row, BeatFeature::kOwnLike) > kFits;
}

void know_better(const BeatRow& row, int group_size, Odds& odds) {
  float& v = of(odds, BeatOutput::kVentricular);
  if (is_too_wide_to_be_conducted(row, group_size)) {
    v = std::max(v, kCertain);
  } else if (v > kVentricularFrom && is_aberrant(row)) {
    v = -kCertain;
    of(odds, BeatOutput::kSupraventricular) = kCertain;
  }
}

BeatClass decide(Odds& odds) {
  const float v = of(odds, BeatOutput::kVentricular) - kVentricularFrom;
  const float s = of(odds, BeatOutput::kSupraventricular) - kSupraventricularFrom;
  const float none = of(odds, BeatOutput::kNoBeat) - kNoBeatFrom;
  if (none > 0 && none > v && none > s) return BeatClass::kUnknown;
  if (v > 0 && v > s) return BeatClass::kVentricular;
  return s > 0 ? BeatClass::kSupraventricular : BeatClass::kNormal;
}

}  // namespace

std::vector<BeatClass> classify_beats(const BeatShapes& shapes, const BeatMeasures& measures,
                                      const Forest& forest) {
  if (forest.empty()) {
    std::vector<BeatClass> classes;
    for (const int group : shapes.group)
      classes.push_back(group == measures.usual ? BeatClass::kNormal : BeatClass::kUnknown);
    return classes;
  }
  std::vector<Odds> odds(measures.rows.size());
  for (std::size_t b = 0; b < odds.size(); ++b) evaluate(forest, measures.rows[b], odds[b]);
  std::vector<BeatClass> classes;
  classes.reserve(odds.size());
  judge_with_group(shapes, measures, odds);
  for (std::size_t b = 0; b < odds.size(); ++b) {
    know_better(measures.rows[b], shapes.group_size[static_cast<std::size_t>(shapes.group[b])], odds[b]);
    classes.push_back(decide(odds[b]));
  }
  return classes;
}

}  // namespace ecg::dsp
