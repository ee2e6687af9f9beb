// The rules by subject, and which statement silences which. Rules are data: a changed rule gets a new
// version.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "dsp/analysis.h"

namespace ecg::dsp {

struct Rule {
  std::string_view id, version;
  std::string_view source;
  std::string_view code;  // statement
  Certainty certainty = Certainty::kProbable;
  std::string_view when;  // dsp/interpret/expression.h
  // Warns of danger: where only an unknown age or sex, or exchanged chest electrodes, leave it open, the
  // lowest limit decides, leads count as they are named, and the statement is at most possible.
  bool warns = false;
};

// Later rules see the statements of earlier ones; a statement is made once, by the first rule that holds.
std::span<const Rule> conduction_rules();
std::span<const Rule> hypertrophy_rules();
std::span<const Rule> infarction_rules();
std::span<const Rule> repolarisation_rules();
std::span<const Rule> overall_rules();

// What is not said beside the statement code. A name may end in *.
struct Suppression {
  std::string_view code;
  std::string_view silences;  // names separated by blanks
};
std::span<const Suppression> suppressions();
bool silences(std::string_view code, std::string_view other);

// Adds the statements of all rules that hold.
struct Facts;
void apply_rules(const Facts& facts, std::span<const Rule> rules, std::vector<Statement>& out);
// Why a rule or a definition cannot be read; empty when all can.
std::string first_broken_rule();

}  // namespace ecg::dsp
