#include <algorithm>
#include <map>

#include "tests/accuracy/data/table.h"
#include "tests/accuracy/score/rhythm.h"

namespace ecg::accuracy {
namespace {

bool says_fibrillation(const dsp::Analysis& analysis) {
  return std::ranges::any_of(analysis.statements, [](const dsp::Statement& s) { return s.code == "AFIB"; }) ||
         std::ranges::any_of(analysis.rhythm, [](const dsp::RhythmInterval& r) { return r.code == "AFIB"; });
}

}  // namespace

Report score_af(const Context& context) {
  std::vector<std::pair<std::string, char>> labels;  // N, A, O, ~
  for (const auto& row : read_rows(context.data->root() + "/cinc2017/REFERENCE.csv"))
    if (row.size() >= 2 && !row[1].empty()) labels.emplace_back(row[0], row[1].front());
  std::vector<char> said(labels.size());
  in_parallel(labels.size(), [&](std::size_t i) {
    said[i] = says_fibrillation(context.analyze(*context.data->load("cinc2017/" + labels[i].first)));
  });
  std::map<char, std::map<bool, int>> counts;
  Report out;
  Confusion judged;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto& [id, label] = labels[i];
    ++counts[label][said[i] != 0];
    if (label != '~') judged.add(label == 'A', said[i] != 0);
    if (context.verbose && (label == 'A') != (said[i] != 0))
      out.text += line("%s %s, reference %c\n", label == 'A' ? "missed" : "false ", id.c_str(), label);
  }
  const auto specificity = [&counts](std::string_view set) {
    int right = 0, all = 0;
    for (const char label : set) {
      right += counts[label][false];
      all += counts[label][false] + counts[label][true];
    }
    return percent(right, all);
  };
  out.text += line("n %zu AF %d Se %.2f Sp(N) %.2f Sp(N+O) %.2f Sp(N+O+noisy) %.2f +P %.2f F1 %.2f\n",
                   labels.size(), judged.positives(), judged.sensitivity(), specificity("N"),
                   specificity("NO"), specificity("NO~"), judged.predictive_value(), 100 * judged.f1());
  out.figures = {{"F1", judged.f1()}, {"Se %", judged.sensitivity()}, {"Sp(N+O) %", specificity("NO")}};
  return out;
}

}  // namespace ecg::accuracy
