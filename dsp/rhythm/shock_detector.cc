#include "dsp/rhythm/shock_detector.h"

#include <algorithm>
#include <cmath>

namespace ecg::dsp {
namespace {

constexpr double kMissingShare = 0.3;
constexpr float kLeastMeanUv = 10;  // of |wave|: finer fibrillation is told from silence by a person
constexpr float kMostLogOdds = 6;
// The log odds at which the state begins and ends, over three seconds. Set by cross-validation.
constexpr float kBegin = 0.5F, kEnd = -2.5F;
// A steady cycle makes a tachycardia; above 250/min it is flutter.
constexpr float kSteady = 0.62F, kFlutterCycleS = 0.24F;
constexpr std::size_t kMostLeads = 4;

}  // namespace

ShockLead::ShockLead(Hertz sampling_frequency, bool calibrated)
    : signal_(sampling_frequency),
      calibrated_(calibrated),
      length_(static_cast<std::size_t>(kShockWindowS * signal_.rate().value)),
      wave_(2 * length_, 0),
      qrs_(2 * length_, 0),
      lost_(length_, 0) {}

void ShockLead::store(const ShockSignal::Value& value) {
  wave_[at_] = wave_[at_ + length_] = value.wave;
  qrs_[at_] = qrs_[at_ + length_] = value.qrs;
  const std::uint8_t lost = 2 * missing_in_value_ > signal_.thinning() ? 1 : 0;
  missing_in_value_ = 0;
  missing_ += lost;
  missing_ -= lost_[at_];
  lost_[at_] = lost;
  at_ = at_ + 1 == length_ ? 0 : at_ + 1;
  filled_ = std::min(filled_ + 1, length_);
}

std::optional<ShockWindow> ShockLead::window() const {
  if (filled_ + 1 < length_) return std::nullopt;
  if (static_cast<double>(missing_) > kMissingShare * static_cast<double>(length_)) return std::nullopt;
  ShockWindow window =
      shock_features({wave_.data() + at_, length_}, {qrs_.data() + at_, length_}, signal_.rate());
  window.still = window.still || (calibrated_ && window.features[kMeanSize] < kLeastMeanUv);
  return window;
}

std::optional<ShockLead::Score> ShockLead::score(const Forest& model) const {
  const auto judged = window();
  if (!judged) return std::nullopt;
  if (judged->still) return Score{-kMostLogOdds, 0, 0};
  const ShockFeatures& f = judged->features;
  return Score{std::clamp(evaluate(model, f), -kMostLogOdds, kMostLogOdds), f[kAcfPeak], f[kAcfLag]};
}

ShockSecond ShockState::second(std::span<const ShockLead::Score> leads) {
  ShockSecond out;
  out.known = !leads.empty();
  float level = last_[2], regularity = 0, cycle_s = 0, most_steady = 0;
  if (out.known) {
    level = 0;
    for (const ShockLead::Score& lead : leads) {
      level += lead.log_odds;
      regularity += lead.regularity;
      if (lead.regularity > most_steady) {
        most_steady = lead.regularity;
        cycle_s = lead.cycle_s;
      }
    }
    level /= static_cast<float>(leads.size());
    regularity /= static_cast<float>(leads.size());
  }
  if (out.known && !any_) last_ = {level, level, level};
  any_ = any_ || out.known;
  last_ = {last_[1], last_[2], level};
  out.level = (last_[0] + last_[1] + last_[2]) / 3;
  const bool was = shockable_;
  shockable_ = out.level > (was ? kEnd : kBegin);
  out.shockable = shockable_;
  out.began = shockable_ && !was;
  out.code = regularity < kSteady ? "VF" : cycle_s < kFlutterCycleS ? "VFL" : "VT";
  return out;
}

std::vector<std::size_t> shock_leads(std::span<const LeadId> leads) {
  std::vector<std::size_t> out;
  for (LeadId wanted : {LeadId::kII, LeadId::kV1, LeadId::kV5, LeadId::kI}) {
    const auto found = std::ranges::find(leads, wanted);
    if (found != leads.end()) out.push_back(static_cast<std::size_t>(found - leads.begin()));
  }
  for (std::size_t lead = 0; lead < leads.size() && out.size() < 2; ++lead) {
    if (std::ranges::find(out, lead) == out.end()) out.push_back(lead);
  }
  if (out.size() > kMostLeads) out.resize(kMostLeads);
  std::ranges::sort(out);
  return out;
}

}  // namespace ecg::dsp
