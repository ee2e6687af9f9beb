#include "dsp/interpret/critical.h"

#include <algorithm>
#include <array>

#include "dsp/interpret/expression.h"
#include "dsp/interpret/findings.h"
#include "dsp/interpret/vocabulary.h"

namespace ecg::dsp {
namespace {

using enum Urgency;

// The list of clinical.md 7.1 as data. A published version of the set is never edited: what changes here
// raises kRuleSet. In a pattern of statements ! asks for at least probable. Rules with one id stand gravest
// first; only the first that holds is told.
struct CriticalRule {
  std::string_view id;
  Urgency tier;
  std::string_view
      what;  // statement that stands for it: the surest one of these patterns, or the text itself
  std::string_view caveat;  // what the strip cannot prove
  std::string_view when;
};

constexpr std::string_view kInfarction = "STEMI* SGARBOSSA DE_WINTER HYPERACUTE_T";
constexpr std::string_view kIschaemia = "ISCHEMIA WELLENS";

constexpr std::array kRules = {
    CriticalRule{"CV-101", kCritical, kInfarction, "prior_ecg_needed",
                 "[!STEMI*] or [!SGARBOSSA] or [!DE_WINTER]"},
    CriticalRule{"CV-101", kMajorPositive, kInfarction, "prior_ecg_needed",
                 "[STEMI*] or [SGARBOSSA] or [DE_WINTER] or [HYPERACUTE_T]"},
    CriticalRule{"CV-102", kCritical, kIschaemia, "prior_ecg_needed", "[!ISCHEMIA]"},
    CriticalRule{"CV-102", kMajorPositive, kIschaemia, "prior_ecg_needed", "[ISCHEMIA] or [WELLENS]"},
    CriticalRule{"CV-201", kCritical, "VF", "confirm_by_reader", "ventricular_fibrillation"},
    CriticalRule{"CV-202", kCritical, "VT", "duration_unproven", "vt_rate_bpm >= 149.5 and vt_s >= 3"},
    CriticalRule{"CV-202", kMajorPositive, "VT", "duration_unproven", "vt_rate_bpm >= 149.5"},
    CriticalRule{"CV-203", kCritical, "PVT", "confirm_by_reader", "vt_rate_bpm > 0 and polymorphic"},
    CriticalRule{"CV-204", kCritical, "SVT", "mechanism_unknown",
                 "not ventricular_fibrillation and not vt_rate_bpm > 0 and mean_rate_bpm >= 199.5 and [SVT]"},
    CriticalRule{"CV-204", kCritical, "EXTREME_TACHY", "mechanism_unknown",
                 "not ventricular_fibrillation and not vt_rate_bpm > 0 and mean_rate_bpm >= 199.5"},
    CriticalRule{"CV-205", kMajorPositive, "AFIB", "preexcitation_unproven",
                 "[AFIB] and qrs_ms >= 120 and rr_min_ms <= 250"},
    CriticalRule{"CV-301", kCritical, "EXTREME_BRADY", "",
                 "not ventricular_fibrillation and not asystole and mean_rate_bpm < 35.5"},
    CriticalRule{"CV-301", kMajorPositive, "3AVB AVB_HIGH", "strip_only", "[3AVB] or [AVB_HIGH]"},
    CriticalRule{"CV-302", kCritical, "ASYS", "check_electrodes", "asystole"},
    CriticalRule{"CV-302", kCritical, "PAUSE", "strip_only",
                 "not ventricular_fibrillation and longest_rr_s >= 5"},
    CriticalRule{"CV-302", kCritical, "PAUSE", "symptoms_unknown",
                 "not ventricular_fibrillation and longest_rr_s >= 3"},
    CriticalRule{"CV-401", kMajorPositive, "HYPOK", "laboratory_needed", "[HYPOK]"},
    CriticalRule{"CV-402", kMajorPositive, "HYPERK", "laboratory_needed", "[HYPERK]"},
    CriticalRule{"CV-403", kMajorPositive, "PE", "cause_unproven", "[PE]"},
    CriticalRule{"CV-404", kCritical, "LQT", "confirm_by_reader", "critical_qtc_ms >= 550"},
    CriticalRule{"CV-405", kMajorPositive, "TALT", "confirm_by_reader", "[TALT]"},
    CriticalRule{"CV-406", kCritical, "RONT", "confirm_by_reader", "[!RONT]"},
    CriticalRule{"CV-406", kMajorPositive, "RONT", "confirm_by_reader", "[RONT]"},
};

const std::vector<Expression>& conditions() {
  static const std::vector<Expression> kConditions = [] {
    std::vector<Expression> out;
    for (const CriticalRule& rule : kRules) out.emplace_back(rule.when, definitions());
    return out;
  }();
  return kConditions;
}

// The surest statement that one of the patterns fits, or the first pattern.
std::string what_stands_for(std::string_view patterns, std::span<const Statement> statements) {
  const std::string_view first = patterns.substr(0, patterns.find(' '));
  const Statement* surest = nullptr;
  while (!patterns.empty()) {
    const std::size_t end = std::min(patterns.find(' '), patterns.size());
    for (const Statement& s : statements) {
      if (fits(patterns.substr(0, end), s.code) && (surest == nullptr || s.certainty > surest->certainty))
        surest = &s;
    }
    patterns.remove_prefix(std::min(end + 1, patterns.size()));
  }
  return surest == nullptr ? std::string(first) : surest->code;
}

}  // namespace

std::vector<CriticalFinding> evaluate_critical(const CriticalFacts& critical, const Facts& facts) {
  std::vector<CriticalFinding> findings;
  if (!critical.readable) return findings;
  Facts scene_facts = facts;
  scene_facts.critical = &critical;
  const Scene scene{&scene_facts, critical.statements, false};
  for (std::size_t i = 0; i < kRules.size(); ++i) {
    const CriticalRule& rule = kRules[i];
    if (!findings.empty() && findings.back().rule_id == rule.id) continue;
    if (conditions()[i].evaluate(scene).low <= 0) continue;
    findings.push_back({std::string(rule.id), rule.tier, what_stands_for(rule.what, critical.statements),
                        std::string(rule.caveat)});
  }
  return findings;
}

std::string first_broken_critical_rule() {
  for (std::size_t i = 0; i < kRules.size(); ++i) {
    if (conditions()[i].empty()) return std::string(kRules[i].id) + ": " + conditions()[i].error();
  }
  return {};
}

Urgency urgency_of(std::span<const CriticalFinding> findings, bool readable) {
  if (!readable) return Urgency::kUnreadable;
  Urgency highest = Urgency::kNothingCriticalFound;
  for (const CriticalFinding& finding : findings) highest = std::max(highest, finding.tier);
  return highest;
}

}  // namespace ecg::dsp
