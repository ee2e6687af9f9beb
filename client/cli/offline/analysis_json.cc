#include <cmath>
#include <map>

#include <nlohmann/json.hpp>

#include "client/cli/offline/analysis_output.h"
#include "dsp/filter/band.h"
#include "dsp/interpret/statements.h"

namespace ecg::cli {
namespace {

using Json = nlohmann::ordered_json;

// Three decimals: finer than anything measured, and the same text on every machine.
double rounded(double value) {
  return std::round(value * 1000) / 1000;
}

// Puts a measured number, or null and its reason into missing.
class Numbers {
 public:
  Json of(const dsp::Measured& measured, const std::string& path) {
    if (measured.value && std::isfinite(*measured.value)) return rounded(*measured.value);
    missing_[path] = measured.reason.empty() ? "not_measured" : measured.reason;
    return nullptr;
  }
  Json take_missing() { return std::move(missing_); }

 private:
  Json missing_ = Json::object();
};

Json record_json(const AnalyzedFile& file) {
  const auto& recording = file.imported.recording;
  Json leads = Json::array(), oddities = Json::array();
  for (const auto& lead : recording.leads) leads.push_back(lead_text(lead));
  for (const auto& oddity : file.imported.oddities)
    oddities.push_back({{"code", oddity.code}, {"detail", oddity.detail}});
  return {{"id", file.id},
          {"format", file.imported.format},
          {"fs", recording.sampling_frequency.value},
          {"leads", std::move(leads)},
          {"samples", recording.frames()},
          {"duration_s", rounded(recording.duration_s())},
          {"oddities", std::move(oddities)}};
}

// The code that covers most samples.
std::string main_rhythm(const std::vector<dsp::RhythmInterval>& intervals) {
  std::map<std::string, dsp::SampleIndex> covered;
  for (const auto& part : intervals) covered[part.code] += part.interval.end - part.interval.begin;
  std::string best = "UNKNOWN";
  dsp::SampleIndex most = 0;
  for (const auto& [code, samples] : covered) {
    if (samples <= most) continue;
    most = samples;
    best = code;
  }
  return best;
}

Json rhythm_json(const dsp::Analysis& analysis) {
  Json intervals = Json::array();
  for (const auto& part : analysis.rhythm)
    intervals.push_back({{"code", part.code}, {"start", part.interval.begin}, {"end", part.interval.end}});
  return {{"code", main_rhythm(analysis.rhythm)}, {"intervals", std::move(intervals)}};
}

Json statements_json(const dsp::Analysis& analysis, Language language) {
  Json out = Json::array();
  for (const auto& statement : analysis.statements) {
    Json evidence = Json::array();
    for (const auto& item : statement.evidence)
      evidence.push_back({{"lead", item.lead},
                          {"measure", item.measure},
                          {"value", rounded(item.value)},
                          {"limit", rounded(item.limit)}});
    const auto* text = dsp::statement_text(statement.code);
    const std::string_view words = text == nullptr                  ? std::string_view(statement.code)
                                   : language == Language::kChinese ? text->zh
                                                                    : text->en;
    out.push_back({{"code", statement.code},
                   {"text", words},
                   {"certainty", certainty_word(statement.certainty)},
                   {"rule", statement.rule},
                   {"version", statement.rule_version},
                   {"evidence", std::move(evidence)}});
  }
  return out;
}

Json quality_json(const AnalyzedFile& file) {
  Json out = Json::array();
  const auto& leads = file.imported.recording.leads;
  for (const auto& quality : file.analysis.lead_quality) {
    if (quality.lead < 0 || quality.lead >= std::ssize(leads)) continue;
    Json reasons = Json::array();
    for (const auto reason : quality.reasons) reasons.push_back(quality_reason_word(reason));
    out.push_back({{"lead", lead_text(leads[static_cast<std::size_t>(quality.lead)])},
                   {"grade", grade_word(quality.grade)},
                   {"reasons", std::move(reasons)}});
  }
  return out;
}

Json waves_json(const dsp::LeadShape& shape) {
  const std::pair<const char*, double> numbers[] = {{"p_uv", shape.p_uv},
                                                    {"q_uv", shape.q_uv},
                                                    {"q_ms", shape.q_ms},
                                                    {"r1_uv", shape.r_uv},
                                                    {"r1_ms", shape.r_ms},
                                                    {"s1_uv", shape.s_uv},
                                                    {"s1_ms", shape.s_ms},
                                                    {"r2_uv", shape.r2_uv},
                                                    {"r2_ms", shape.r2_ms},
                                                    {"qrs_uv", shape.peak_to_peak_uv},
                                                    {"qrs_area_uvs", shape.qrs_area_uvs},
                                                    {"intrinsicoid_ms", shape.intrinsicoid_ms},
                                                    {"st_j20_uv", shape.st_j20_uv},
                                                    {"st_j40_uv", shape.st_j40_uv},
                                                    {"st_j80_uv", shape.st_j80_uv},
                                                    {"st_slope_uv_s", shape.st_slope_uv_s},
                                                    {"t_pos_uv", shape.t_pos_uv},
                                                    {"t_neg_uv", shape.t_neg_uv}};
  Json out = Json::object();
  for (const auto& [name, value] : numbers) out[name] = rounded(value);
  return out;
}

Json leads_json(const AnalyzedFile& file, Numbers& numbers) {
  Json out = Json::array();
  const auto& leads = file.imported.recording.leads;
  for (const auto& lead : file.analysis.leads) {
    if (lead.lead < 0 || lead.lead >= std::ssize(leads)) continue;
    const std::string name = lead_text(leads[static_cast<std::size_t>(lead.lead)]);
    const std::string path = "leads." + name + ".";
    out.push_back({{"lead", name},
                   {"st_j_uv", numbers.of(lead.st_j_uv, path + "st_j_uv")},
                   {"st_j60_uv", numbers.of(lead.st_j60_uv, path + "st_j60_uv")},
                   {"r_uv", numbers.of(lead.r_uv, path + "r_uv")},
                   {"s_uv", numbers.of(lead.s_uv, path + "s_uv")}});
    if (lead.shape) out.back()["waves"] = waves_json(*lead.shape);
  }
  return out;
}

// Confidence is that of the statement behind the gravest finding; null when there is none.
Json priority_json(const dsp::Analysis& analysis) {
  Json reasons = Json::array(), confidence = nullptr;
  for (const auto& finding : analysis.critical) {
    reasons.push_back({{"rule", finding.rule_id},
                       {"tier", urgency_word(finding.tier)},
                       {"what", finding.what},
                       {"caveat", finding.caveat}});
    for (const auto& statement : analysis.statements)
      if (confidence.is_null() && finding.tier == analysis.urgency && statement.code == finding.what)
        confidence = certainty_word(statement.certainty);
  }
  return {{"level", urgency_word(analysis.urgency)},
          {"confidence", std::move(confidence)},
          {"reasons", std::move(reasons)},
          {"rule_set", analysis.rule_set}};
}

}  // namespace

std::string_view certainty_word(dsp::Certainty certainty) {
  switch (certainty) {
    case dsp::Certainty::kPossible:
      return "possible";
    case dsp::Certainty::kProbable:
      return "probable";
    case dsp::Certainty::kDefinite:
      return "definite";
  }
  return "";
}

std::string_view grade_word(dsp::QualityGrade grade) {
  switch (grade) {
    case dsp::QualityGrade::kUnknown:
      return "unknown";
    case dsp::QualityGrade::kGood:
      return "good";
    case dsp::QualityGrade::kDegraded:
      return "degraded";
    case dsp::QualityGrade::kPoor:
      return "poor";
  }
  return "";
}

std::string_view quality_reason_word(dsp::QualityReason reason) {
  switch (reason) {
    case dsp::QualityReason::kLeadOff:
      return "lead_off";
    case dsp::QualityReason::kLeadReversal:
      return "lead_reversal";
    case dsp::QualityReason::kBaselineWander:
      return "baseline_wander";
    case dsp::QualityReason::kMuscle:
      return "muscle";
    case dsp::QualityReason::kMains:
      return "mains";
    case dsp::QualityReason::kSaturation:
      return "saturation";
    case dsp::QualityReason::kFlat:
      return "flat";
    case dsp::QualityReason::kTooShort:
      return "too_short";
    case dsp::QualityReason::kLowSampling:
      return "low_sampling";
  }
  return "";
}

std::string_view urgency_word(dsp::Urgency urgency) {
  switch (urgency) {
    case dsp::Urgency::kUnreadable:
      return "unreadable";
    case dsp::Urgency::kNothingCriticalFound:
      return "nothing_critical_found";
    case dsp::Urgency::kMajorPositive:
      return "major_positive";
    case dsp::Urgency::kCritical:
      return "critical";
  }
  return "";
}

std::string analysis_json(const AnalyzedFile& file, Language language) {
  const auto& m = file.analysis.measurements;
  Numbers numbers;
  Json out;
  out["schema"] = "ecg.analysis";
  out["record"] = record_json(file);
  out["rate"] = {{"ventricular", numbers.of(m.ventricular_rate_bpm, "rate.ventricular")},
                 {"atrial", numbers.of(m.atrial_rate_bpm, "rate.atrial")}};
  out["intervals"] = {{"RR", numbers.of(m.rr_mean_ms, "intervals.RR")},
                      {"RR_min", numbers.of(m.rr_min_ms, "intervals.RR_min")},
                      {"RR_max", numbers.of(m.rr_max_ms, "intervals.RR_max")},
                      {"P", numbers.of(m.p_ms, "intervals.P")},
                      {"PR", numbers.of(m.pr_ms, "intervals.PR")},
                      {"QRS", numbers.of(m.qrs_ms, "intervals.QRS")},
                      {"QT", numbers.of(m.qt_ms, "intervals.QT")},
                      {"QTc",
                       {{"bazett", numbers.of(m.qtc_bazett_ms, "intervals.QTc.bazett")},
                        {"fridericia", numbers.of(m.qtc_fridericia_ms, "intervals.QTc.fridericia")},
                        {"framingham", numbers.of(m.qtc_framingham_ms, "intervals.QTc.framingham")},
                        {"hodges", numbers.of(m.qtc_hodges_ms, "intervals.QTc.hodges")}}}};
  out["axes"] = {{"P", numbers.of(m.p_axis_deg, "axes.P")},
                 {"QRS", numbers.of(m.qrs_axis_deg, "axes.QRS")},
                 {"T", numbers.of(m.t_axis_deg, "axes.T")}};
  out["rhythm"] = rhythm_json(file.analysis);
  out["statements"] = statements_json(file.analysis, language);
  out["quality"] = quality_json(file);
  if (const auto& exchange = file.analysis.exchange) {
    out["electrodes"] = {{"exchanged", exchange->electrodes},
                         {"log_odds", exchange->log_odds},
                         {"claimed", exchange->claimed}};
  }
  const dsp::Band band = dsp::diagnostic_band(file.imported.recording.sampling_frequency);
  out["band"] = {{"low_hz", band.low_hz}, {"high_hz", band.high_hz}, {"reduced", band.reduced}};
  out["leads"] = leads_json(file, numbers);
  out["missing"] = numbers.take_missing();
  out["priority"] = priority_json(file.analysis);
  out["algorithm"] = {{"name", dsp::kAlgorithmName}, {"version", file.analysis.algorithm_version}};
  return out.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace ecg::cli
