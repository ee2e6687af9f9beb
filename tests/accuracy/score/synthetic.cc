#include "tests/accuracy/score/synthetic.h"

#include <set>
#include <stdexcept>

#include "gateway/simulator/simulator.h"
#include "tests/accuracy/score/statement_truth.h"

namespace ecg::accuracy {
namespace {

constexpr int kSeeds = 4;
constexpr int kMuscleUv[] = {5, 20};
constexpr double kSeconds = 10;

// A scenario of the simulator, the codes of which one must be said, and those none of which may be.
struct Scene {
  std::string_view scenario, wanted, forbidden;
  bool critical = false;  // whether it may be called critical
};

constexpr std::string_view kNoIschemia = "STEMI*|DE_WINTER|SGARBOSSA|HYPERACUTE_T";

constexpr Scene kScenes[] = {
    {"sinus:72", "SR", "PVC|PAC|AFIB|*AVB*|STEMI*|C?BBB|LEAD_SWAP*"},
    {"sinus:45", "SBRAD", "3AVB|2AVB?"},
    {"sinus:125", "STACH", "SVT|VT|AFL|AFIB"},
    {"af:95", "AFIB", "SR|SARRH|3AVB"},
    {"af:140", "AFIB*", "SR|VT"},
    {"flutter:150", "AFL", "SR|STACH"},
    {"flutter:75", "AFL", "SR"},
    {"pvc:75", "PVC*|BIGEM|TRIGEM", "AFIB|VT"},
    {"bigeminy:75", "BIGEM", "AFIB"},
    {"pac:72", "PAC*", "AFIB|PVC"},
    {"vt:180", "VT", "SR|STACH", true},
    {"vf", "VF|VFL", "SR|ASYS", true},
    {"asystole", "ASYS", "SR", true},
    {"pause:70", "PAUSE|SARREST|SAB", "3AVB", true},
    {"avb1:68", "1AVB", "2AVB?|3AVB"},
    {"avb2:60", "2AVB1|2AVB*", "3AVB|AFIB"},
    {"avb3:40", "3AVB|AVB_HIGH", "SR|SBRAD", true},
    {"sinus:74,shape=lbbb", "CLBBB|LBBB", kNoIschemia},
    {"sinus:74,shape=rbbb", "CRBBB|RBBB", kNoIschemia},
    {"sinus:82,ste=inferior", "STEMI_INF|STEMI", "NORMAL", true},
    {"sinus:90,ste=anterior", "STEMI_ANT|STEMI", "NORMAL", true},
    {"sinus:72,swap=ra-la", "LEAD_SWAP*|LEAD_REVERSAL", "NORMAL"},
};

struct Outcome {
  int recordings = 0, said = 0, wrong = 0, false_critical = 0;
  std::set<std::string> others;  // what was said where the wanted was not, or what was forbidden
};

std::set<std::string> said_by(const dsp::Analysis& analysis) {
  std::set<std::string> codes;
  for (const dsp::Statement& s : analysis.statements) codes.insert(s.code);
  for (const dsp::RhythmInterval& r : analysis.rhythm) codes.insert(r.code);
  for (const dsp::LeadQuality& lead : analysis.lead_quality)
    for (const dsp::QualityReason reason : lead.reasons)
      if (reason == dsp::QualityReason::kLeadReversal) codes.insert("LEAD_REVERSAL");
  return codes;
}

Record simulated(std::string_view scenario, int seed, int muscle_uv) {
  const std::string text = std::string(scenario) + ",leads=12,seed=" + std::to_string(seed) +
                           ",muscle=" + std::to_string(muscle_uv);
  const auto parsed = simulator::parse_scenario(text);
  if (!parsed.ok()) throw std::runtime_error("the simulator does not know " + text);
  Record record;
  record.name = record.id = record.patient = "synthetic/" + text;
  record.database = "synthetic";
  record.recording = simulator::record(*parsed, kSeconds);
  record.options.age_years = 55;
  record.options.sex = dsp::Sex::kMale;
  return record;
}

Outcome play(const Scene& scene, const Context& context) {
  Outcome out;
  for (int seed = 1; seed <= kSeeds; ++seed) {
    for (const int muscle_uv : kMuscleUv) {
      const dsp::Analysis analysis = context.analyze(simulated(scene.scenario, seed, muscle_uv));
      const auto codes = said_by(analysis);
      const bool said = any_match(codes, scene.wanted), wrong = any_match(codes, scene.forbidden);
      ++out.recordings;
      out.said += said ? 1 : 0;
      out.wrong += wrong ? 1 : 0;
      out.false_critical += !scene.critical && analysis.urgency == dsp::Urgency::kCritical ? 1 : 0;
      if (!said || wrong) out.others.insert(codes.begin(), codes.end());
    }
  }
  return out;
}

}  // namespace

Report score_synthetic(const Context& context) {
  std::vector<Outcome> outcomes(std::size(kScenes));
  in_parallel(outcomes.size(), [&](std::size_t i) { outcomes[i] = play(kScenes[i], context); });
  Report out;
  int recordings = 0, said = 0, wrong = 0, false_critical = 0;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const Outcome& o = outcomes[i];
    out.text += line("%-26s %-24s said %d of %d, wrong beside it %d", kScenes[i].scenario.data(),
                     kScenes[i].wanted.data(), o.said, o.recordings, o.wrong);
    if (!kScenes[i].critical && o.false_critical > 0)
      out.text += line(", called critical %d", o.false_critical);
    if (!o.others.empty()) {
      out.text += "  (said:";
      for (const std::string& code : o.others) out.text += " " + code;
      out.text += ")";
    }
    out.text += "\n";
    recordings += o.recordings;
    said += o.said;
    wrong += o.wrong;
    false_critical += o.false_critical;
  }
  out.text += line(
      "%zu scenarios, %d recordings: right %.1f %%, wrong statements in %.1f %%, falsely critical %d\n",
      outcomes.size(), recordings, percent(said, recordings), percent(wrong, recordings), false_critical);
  out.figures = {{"right %", percent(said, recordings)},
                 {"wrong statements %", percent(wrong, recordings)},
                 {"falsely critical", static_cast<double>(false_critical)}};
  return out;
}

}  // namespace ecg::accuracy
