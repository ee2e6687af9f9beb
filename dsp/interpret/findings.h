// Everything the rules may look at, in one place, and the statements they make from it.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "dsp/analysis.h"
#include "dsp/beats/pacing.h"
#include "dsp/interpret/bounds.h"
#include "dsp/model/models.h"
#include "dsp/quality/swap.h"
#include "dsp/rhythm/atrial.h"

namespace ecg::dsp {

inline constexpr std::string_view kInterpretationRules = "ecg-dsp-statements";
inline constexpr std::string_view kInterpretationRulesVersion = "1.0.0";

// Median-beat numbers of one standard lead, derived leads included.
struct LeadFacts {
  LeadId id = LeadId::kOther;
  LeadShape shape;
};

// Twelve leads with kPerLead numbers each, then kOfAll of the whole tracing.
inline constexpr std::size_t kPerLead = 13, kOfAll = 34;
inline constexpr std::size_t kStatementFeatures = 12 * kPerLead + kOfAll;
using StatementFeatures = std::array<float, kStatementFeatures>;

// Bounds of a probability; open: no answer.
struct LearnedScores {
  Bounds lvh{0, 1}, infarction{0, 1}, normal{0, 1};
};

struct CriticalFacts;
struct Facts {
  bool readable = false;
  double duration_s = 0;
  Options options;
  QualityGrade quality = QualityGrade::kUnknown;
  bool arms_swapped = false;         // limb electrodes look exchanged
  std::optional<Exchange> exchange;  // of electrodes, claimed: what its leads show is open
  bool sensitivity_doubted = false;  // amplitudes rest on an assumed sensitivity
  std::span<const Beat> beats;
  std::span<const RhythmInterval> rhythm;
  Hertz sampling_frequency;
  const Measurements* measurements = nullptr;
  std::optional<double> middle_pr_ms;  // median of PR measured in each lead by itself
  Pacing pacing;
  AvConduction av;
  std::vector<LeadFacts> leads;
  const Models* models = nullptr;
  StatementFeatures features{};
  LearnedScores scores;
  const CriticalFacts* critical = nullptr;  // for the critical rules only

  const LeadFacts* lead(LeadId id) const;
};

// Rhythm, ectopy, conduction, axis, voltage, ST and QT statements; UNREADABLE alone when nothing may be
// concluded and no dangerous rhythm is suspected; NORMAL only when a readable tracing was measured and
// nothing else was found.
std::vector<Statement> make_statements(const Facts& facts);

// The part of make_statements that tells rhythm and ectopy.
void add_rhythm_statements(const Facts& facts, std::vector<Statement>& out);

Statement statement(std::string_view code, Certainty certainty, std::vector<Evidence> evidence = {});
bool has(std::span<const Statement> statements, std::string_view code);

}  // namespace ecg::dsp
