#include "dsp/interpret/findings.h"

#include <algorithm>

#include "dsp/interpret/rules.h"
#include "dsp/rhythm/rhythm.h"

namespace ecg::dsp {

const LeadFacts* Facts::lead(LeadId id) const {
  // Twelve leads in their usual order each stand in their own place.
  const auto place = static_cast<std::size_t>(id);
  if (place < leads.size() && leads[place].id == id) return &leads[place];
  const auto found = std::ranges::find(leads, id, &LeadFacts::id);
  return found == leads.end() ? nullptr : &*found;
}

Statement statement(std::string_view code, Certainty certainty, std::vector<Evidence> evidence) {
  return {std::string(code), certainty, std::string(kInterpretationRules) + "/" + std::string(code),
          std::string(kInterpretationRulesVersion), std::move(evidence)};
}

bool has(std::span<const Statement> statements, std::string_view code) {
  return std::ranges::find(statements, code, &Statement::code) != statements.end();
}

std::vector<Statement> make_statements(const Facts& facts) {
  std::vector<Statement> out;
  if (!facts.readable) {
    out.push_back(statement("UNREADABLE", Certainty::kDefinite));
    return out;
  }
  add_rhythm_statements(facts, out);
  const std::string_view rhythm = leading_rhythm(facts.rhythm);
  if (rhythm != "VF" && rhythm != "ASYS" && rhythm != "VT") {
    apply_rules(facts, conduction_rules(), out);
    apply_rules(facts, hypertrophy_rules(), out);
    apply_rules(facts, infarction_rules(), out);
    apply_rules(facts, repolarisation_rules(), out);
  }
  if (facts.sensitivity_doubted) out.push_back(statement("SENSITIVITY_DOUBT", Certainty::kProbable));
  if (facts.exchange) out.push_back(statement(exchange_statement(*facts.exchange), Certainty::kPossible));
  apply_rules(facts, overall_rules(), out);
  return out;
}

}  // namespace ecg::dsp
