#include "tests/accuracy/score/beats.h"

#include <cstdlib>
#include <map>

#include "tests/accuracy/score/beat_match.h"

namespace ecg::accuracy {
namespace {

// Every record of one run, scored after the learning period and as a whole.
struct BothWays {
  std::vector<ScoredBeats> ec57, whole;
};

BothWays score_all(const Context& context, const std::vector<std::string>& names, bool first_lead_only) {
  BothWays out;
  out.ec57.resize(names.size());
  out.whole.resize(names.size());
  in_parallel(names.size(), [&](std::size_t i) {
    const auto record = context.data->load(names[i]);
    const dsp::Analysis analysis =
        first_lead_only ? context.analyze(single_lead(*record, 1)) : context.analyze(*record);
    out.ec57[i] = score_beats(*record, analysis.beats, kLearningS);
    out.whole[i] = score_beats(*record, analysis.beats, 0);
  });
  return out;
}

std::string ectopy_lines(const std::vector<ScoredBeats>& records) {
  std::string out;
  for (const ScoredBeats& r : records) {
    out += r.record + "  " + score_class({r}, "VEB", dsp::BeatClass::kVentricular, "FQ").text + "  " +
           score_class({r}, "SVEB", dsp::BeatClass::kSupraventricular, "Q").text + "\n";
  }
  return out;
}

}  // namespace

Report score_qrs(const Context& context) {
  const auto scored = score_all(context, context.data->names("mitdb"), true);
  const BeatSummary ec57 = summarize(scored.ec57), whole = summarize(scored.whole);
  Report out;
  if (context.verbose) {
    out.text = "after the first 5 min:\n" + record_lines(scored.ec57) + "whole record:\n" +
               record_lines(scored.whole);
  }
  out.text += "EC57   " + ec57.text + "\nwhole  " + whole.text + "\n";
  out.figures = {{"EC57 Se %", ec57.sensitivity},
                 {"EC57 +P %", ec57.predictive_value},
                 {"EC57 DER %", ec57.error_rate},
                 {"whole record DER %", whole.error_rate},
                 {"timing RMS ms", ec57.timing_rms_ms}};
  return out;
}

Report score_noise(const Context& context) {
  // 118e06: record 118 at 6 dB; 118e_6: at -6 dB.
  std::map<int, std::vector<std::string>, std::greater<>> by_ratio;
  std::vector<std::string> all;
  for (const std::string& name : context.data->names("nstdb")) {
    const auto e = name.rfind('e');
    if (e == std::string::npos || e + 3 != name.size()) continue;
    std::string ratio = name.substr(e + 1);
    if (ratio.front() == '_') ratio.front() = '-';
    by_ratio[std::atoi(ratio.c_str())].push_back(name);
    all.push_back(name);
  }
  const auto scored = score_all(context, all, false);
  Report out;
  if (context.verbose) out.text = record_lines(scored.ec57);
  for (const auto& [ratio, names] : by_ratio) {
    std::vector<ScoredBeats> group;
    for (std::size_t i = 0; i < all.size(); ++i)
      if (std::find(names.begin(), names.end(), all[i]) != names.end()) group.push_back(scored.ec57[i]);
    const BeatSummary summary = summarize(group);
    out.text += line("%3d dB  ", ratio) + summary.text + "\n";
    out.figures.push_back({line("F1 at %d dB", ratio), summary.f1});
  }
  const BeatSummary summary = summarize(scored.ec57);
  out.text += "all     " + summary.text + "\n";
  out.figures.push_back({"F1", summary.f1});
  return out;
}

Report score_classes(const Context& context) {
  const auto scored = score_all(context, context.data->names("mitdb"), false);
  Report out;
  if (context.verbose) out.text = "after the first 5 min:\n" + ectopy_lines(scored.ec57);
  for (const bool ec57 : {true, false}) {
    const auto& records = ec57 ? scored.ec57 : scored.whole;
    const ClassScore veb = score_class(records, "VEB", dsp::BeatClass::kVentricular, "FQ");
    const ClassScore sveb = score_class(records, "SVEB", dsp::BeatClass::kSupraventricular, "Q");
    const std::string part = ec57 ? "EC57   " : "whole  ";
    out.text += part + summarize(records).text + "\n" + part + veb.text + "\n" + part + sveb.text + "\n";
    const std::string prefix = ec57 ? "" : "whole record ";
    out.figures.push_back({prefix + "VEB Se %", veb.sensitivity});
    out.figures.push_back({prefix + "VEB +P %", veb.predictive_value});
    out.figures.push_back({prefix + "SVEB Se %", sveb.sensitivity});
    out.figures.push_back({prefix + "SVEB +P %", sveb.predictive_value});
  }
  return out;
}

}  // namespace ecg::accuracy
