// The critical list (clinical.md 7.1) evaluated over an analysis. Rules are data in critical.cc; a published
// version is never edited. Findings are suspicions: what follows from them is the center's business.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dsp/analysis.h"

namespace ecg::dsp {

inline constexpr std::string_view kRuleSet = "cn-consensus-2017@1.1.0";

// Alarm and rule limits that the stream uses as well.
inline constexpr double kCriticalFastBpm = 200;
inline constexpr double kCriticalSlowBpm = 35;
inline constexpr double kCriticalPauseS = 3, kCriticalPauseNoSymptomsS = 5;

struct CriticalFacts {
  bool readable = false;
  bool vf = false, asystole = false;
  std::optional<double> vt_rate_bpm;  // fastest VT in the strip
  double vt_s = 0;                    // its length
  bool vt_polymorphic = false;
  std::string_view rhythm;
  std::optional<double> mean_rate_bpm;
  double longest_rr_s = 0;
  std::optional<double> qtc_ms;
  std::span<const Statement> statements;
};

// facts: what the statements were made from; the measurements in it must be set.
struct Facts;
std::vector<CriticalFinding> evaluate_critical(const CriticalFacts& critical, const Facts& facts);
// Why a rule cannot be read; empty when all can.
std::string first_broken_critical_rule();

// The highest tier found; nothing found in a readable tracing is kNothingCriticalFound, in any other
// kUnreadable.
Urgency urgency_of(std::span<const CriticalFinding> findings, bool readable);

}  // namespace ecg::dsp
