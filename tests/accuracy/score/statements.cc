#include "tests/accuracy/score/statements.h"

#include "tests/accuracy/score/statement_truth.h"

namespace ecg::accuracy {
namespace {

// Classes with fewer cases are shown and do not count for the mean.
constexpr int kLeastCases = 10;
constexpr const char* kDatabases[] = {"ptbxl", "ludb", "cinc12"};

struct Case {
  std::string name, database;
  ReferenceCodes reference;
  std::set<std::string> said;
};

std::string joined(const std::set<std::string>& codes) {
  std::string out;
  for (const std::string& code : codes) out += (out.empty() ? "" : ", ") + code;
  return out;
}

std::vector<Case> analysed_cases(const Context& context) {
  std::vector<Case> cases;
  for (const auto& [name, reference] : reference_statements(*context.data))
    cases.push_back({name, name.substr(0, name.find('/')), reference, {}});
  in_parallel(cases.size(), [&](std::size_t i) {
    const auto analysis = context.analyze(*context.data->load(cases[i].name));
    for (const dsp::Statement& s : analysis.statements) cases[i].said.insert(s.code);
  });
  return cases;
}

Confusion judge(const std::vector<Case>& cases, const StatementClass& wanted, std::string_view database,
                std::string* misses) {
  Confusion out;
  for (const Case& c : cases) {
    if (!database.empty() && c.database != database) continue;
    const auto is = truth(wanted, c.database, c.reference);
    if (!is) continue;
    const bool said = any_match(c.said, wanted.ours);
    out.add(*is, said);
    if (misses == nullptr || *is == said) continue;
    *misses += line("%s %s %s: said ", wanted.name.data(), *is ? "missed" : "false ", c.name.c_str()) +
               joined(c.said) + "; reference " + joined(c.reference.sure) + "\n";
  }
  return out;
}

std::string number(double value) {
  return std::isnan(value) ? "     -" : line("%6.1f", value);
}

std::string class_line(const StatementClass& wanted, const Confusion& c) {
  return line("%-8s n %5d N %6d Se ", wanted.name.data(), c.positives(), c.positives() + c.negatives()) +
         number(c.sensitivity()) + " Sp " + number(c.specificity()) + " +P " + number(c.predictive_value()) +
         " F1 " + (std::isnan(c.f1()) ? "     -" : line("%6.3f", c.f1())) + "\n";
}

// The table of one database, or of all with an empty name; returns the mean F1 of the classes that count.
double add_table(const std::vector<Case>& cases, std::string_view database, bool with_figures, Report& out) {
  std::vector<double> all, counting;
  for (const StatementClass& wanted : statement_classes()) {
    const Confusion c = judge(cases, wanted, database, nullptr);
    if (c.positives() + c.negatives() == 0) continue;
    out.text += class_line(wanted, c);
    if (c.positives() > 0) all.push_back(c.f1());
    if (c.positives() >= kLeastCases) counting.push_back(c.f1());
    if (with_figures && c.positives() >= kLeastCases)
      out.figures.push_back({std::string(wanted.name) + " F1", c.f1()});
  }
  out.text += line("macro F1 %.3f over %zu classes\n", mean(all), all.size()) +
              line("macro F1 of classes with at least %d cases %.3f over %zu classes\n", kLeastCases,
                   mean(counting), counting.size());
  return mean(counting);
}

}  // namespace

Report score_statements(const Context& context) {
  const auto cases = analysed_cases(context);
  Report out;
  if (context.verbose) {
    for (const StatementClass& wanted : statement_classes()) judge(cases, wanted, "", &out.text);
    for (const char* database : kDatabases) {
      out.text += line("--- %s\n", database);
      add_table(cases, database, false, out);
    }
  }
  out.text += line("--- all: %zu records\n", cases.size());
  const double macro = add_table(cases, "", true, out);
  out.figures.push_back({"macro F1", macro});
  return out;
}

}  // namespace ecg::accuracy
