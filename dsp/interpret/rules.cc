#include "dsp/interpret/rules.h"

#include <algorithm>
#include <array>

#include "dsp/interpret/findings.h"
#include "dsp/interpret/learned.h"
#include "dsp/interpret/vocabulary.h"

namespace ecg::dsp {
namespace {

struct Compiled {
  std::span<const Rule> rules;
  std::vector<Expression> conditions;  // of each rule
};

Compiled compile(std::span<const Rule> rules) {
  Compiled out{rules, {}};
  for (const Rule& rule : rules) out.conditions.emplace_back(rule.when, definitions());
  return out;
}

const std::array<Compiled, 5>& all_compiled() {
  static const std::array<Compiled, 5> kAll = {compile(conduction_rules()), compile(hypertrophy_rules()),
                                               compile(infarction_rules()), compile(repolarisation_rules()),
                                               compile(overall_rules())};
  return kAll;
}

const Compiled* compiled(std::span<const Rule> rules) {
  for (const Compiled& one : all_compiled()) {
    if (one.rules.data() == rules.data()) return &one;
  }
  return nullptr;
}

void make(const Rule& rule, Certainty certainty, std::vector<Evidence> evidence,
          std::vector<Statement>& out) {
  if (std::ranges::any_of(out, [&rule](const Statement& s) { return silences(s.code, rule.code); })) return;
  std::erase_if(out, [&rule](const Statement& s) { return silences(rule.code, s.code); });
  out.push_back({std::string(rule.code), certainty, std::string(rule.id), std::string(rule.version),
                 std::move(evidence)});
}

std::vector<Evidence> evidence_of(const Facts& facts, const Expression& condition, const Scene& scene) {
  std::vector<Evidence> out = condition.evidence(scene);
  const std::size_t direct = out.size();
  for (std::size_t i = 0; i < direct; ++i) {
    if (!out[i].measure.ends_with("_score") || facts.models == nullptr) continue;
    for (Evidence& item : explain(out[i].measure, facts.features, *facts.models))
      out.push_back(std::move(item));
  }
  return out;
}

}  // namespace

bool silences(std::string_view code, std::string_view other) {
  for (const Suppression& rule : suppressions()) {
    if (rule.code != code) continue;
    std::string_view rest = rule.silences;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      if (fits(rest.substr(0, end), other)) return true;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return false;
}

void apply_rules(const Facts& facts, std::span<const Rule> rules, std::vector<Statement>& out) {
  const Compiled* table = compiled(rules);
  if (table == nullptr) return;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const Rule& rule = rules[i];
    if (has(out, rule.code)) continue;
    Scene scene{&facts, out, false};
    const Expression& condition = table->conditions[i];
    Bounds holds = condition.evaluate(scene);
    Certainty certainty = rule.certainty;
    if (holds.low <= 0 && holds.high > 0 && rule.warns) {
      scene.strictest = true;
      holds = condition.evaluate(scene);
      certainty = Certainty::kPossible;
    }
    if (holds.low > 0) make(rule, certainty, evidence_of(facts, condition, scene), out);
  }
}

std::string first_broken_rule() {
  for (const Compiled& table : all_compiled()) {
    for (std::size_t i = 0; i < table.rules.size(); ++i) {
      if (table.conditions[i].empty())
        return std::string(table.rules[i].id) + ": " + table.conditions[i].error();
    }
  }
  return {};
}

}  // namespace ecg::dsp
