#include "dsp/interpret/critical.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace ecg::dsp {
namespace {

constexpr double kVtBpm = 150;
constexpr double kVtCriticalS = 3;
constexpr double kQtcMs = 550;

// A rule answers what it found, or nothing.
using Rule = std::optional<CriticalFinding> (*)(const CriticalFacts&);

std::optional<CriticalFinding> infarction(const CriticalFacts& facts) {
  const Statement* worst = nullptr;
  for (const Statement& s : facts.statements) {
    if (s.code.starts_with("STEMI") && (worst == nullptr || s.certainty > worst->certainty)) worst = &s;
  }
  if (worst == nullptr) return std::nullopt;
  const Urgency tier =
      worst->certainty >= Certainty::kProbable ? Urgency::kCritical : Urgency::kMajorPositive;
  return CriticalFinding{"CV-101", tier, worst->code, "prior_ecg_needed"};
}

std::optional<CriticalFinding> fibrillation(const CriticalFacts& facts) {
  if (!facts.vf) return std::nullopt;
  return CriticalFinding{"CV-201", Urgency::kCritical, "VF", "confirm_by_reader"};
}

std::optional<CriticalFinding> ventricular_tachycardia(const CriticalFacts& facts) {
  if (!facts.vt_rate_bpm || std::round(*facts.vt_rate_bpm) < kVtBpm) return std::nullopt;
  const Urgency tier = facts.vt_s >= kVtCriticalS ? Urgency::kCritical : Urgency::kMajorPositive;
  return CriticalFinding{"CV-202", tier, "VT", "duration_unproven"};
}

std::optional<CriticalFinding> polymorphic(const CriticalFacts& facts) {
  if (!facts.vt_rate_bpm || !facts.vt_polymorphic) return std::nullopt;
  return CriticalFinding{"CV-203", Urgency::kCritical, "PVT", "confirm_by_reader"};
}

std::optional<CriticalFinding> fast(const CriticalFacts& facts) {
  if (facts.vf || facts.vt_rate_bpm || !facts.mean_rate_bpm ||
      std::round(*facts.mean_rate_bpm) < kCriticalFastBpm) {
    return std::nullopt;
  }
  return CriticalFinding{"CV-204", Urgency::kCritical, facts.rhythm == "SVT" ? "SVT" : "EXTREME_TACHY",
                         "mechanism_unknown"};
}

std::optional<CriticalFinding> slow(const CriticalFacts& facts) {
  if (facts.vf || facts.asystole || !facts.mean_rate_bpm ||
      std::round(*facts.mean_rate_bpm) > kCriticalSlowBpm) {
    return std::nullopt;
  }
  return CriticalFinding{"CV-301", Urgency::kCritical, "EXTREME_BRADY", ""};
}

std::optional<CriticalFinding> long_rr(const CriticalFacts& facts) {
  if (facts.asystole) return CriticalFinding{"CV-302", Urgency::kCritical, "ASYS", "check_electrodes"};
  if (facts.vf || facts.longest_rr_s < kCriticalPauseS) return std::nullopt;
  const bool certain = facts.longest_rr_s >= kCriticalPauseNoSymptomsS;
  return CriticalFinding{"CV-302", Urgency::kCritical, "PAUSE", certain ? "strip_only" : "symptoms_unknown"};
}

std::optional<CriticalFinding> long_qt(const CriticalFacts& facts) {
  if (!facts.qtc_ms || *facts.qtc_ms < kQtcMs) return std::nullopt;
  return CriticalFinding{"CV-404", Urgency::kCritical, "LQT", "confirm_by_reader"};
}

constexpr std::array<Rule, 8> kRules = {
    infarction, fibrillation, ventricular_tachycardia, polymorphic, fast, slow, long_rr, long_qt};

}  // namespace

std::vector<CriticalFinding> evaluate_critical(const CriticalFacts& facts) {
  std::vector<CriticalFinding> findings;
  if (!facts.readable) return findings;
  for (Rule rule : kRules) {
    if (auto finding = rule(facts)) findings.push_back(std::move(*finding));
  }
  return findings;
}

Urgency urgency_of(std::span<const CriticalFinding> findings, bool readable) {
  if (!readable) return Urgency::kUnreadable;
  Urgency highest = Urgency::kNothingCriticalFound;
  for (const CriticalFinding& finding : findings) highest = std::max(highest, finding.tier);
  return highest;
}

}  // namespace ecg::dsp
