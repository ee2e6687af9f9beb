#include <string>

#include "common/wire/convert.h"

namespace ecg::wire {
namespace {

std::string lead_label(const dsp::Recording& recording, int lead) {
  if (lead < 0 || static_cast<std::size_t>(lead) >= recording.leads.size()) return {};
  const dsp::Lead& found = recording.leads[static_cast<std::size_t>(lead)];
  return found.id == dsp::LeadId::kOther ? found.label : std::string(dsp::lead_name(found.id));
}

void add(ecg::v1::Analysis& out, ecg::v1::MeasurementKind kind, const dsp::Measured& measured,
         const std::string& lead = {}) {
  ecg::v1::Measurement* item = out.add_measurements();
  item->set_kind(kind);
  item->set_lead(lead);
  if (measured.value) item->set_value(*measured.value);
  if (!measured.value) item->set_reason(measured.reason);
  item->set_source(ecg::v1::MEASUREMENT_SOURCE_ALGORITHM);
}

void add_global(ecg::v1::Analysis& out, const dsp::Measurements& m) {
  add(out, ecg::v1::MEASUREMENT_KIND_VENTRICULAR_RATE, m.ventricular_rate_bpm);
  add(out, ecg::v1::MEASUREMENT_KIND_ATRIAL_RATE, m.atrial_rate_bpm);
  add(out, ecg::v1::MEASUREMENT_KIND_RR_MEAN, m.rr_mean_ms);
  add(out, ecg::v1::MEASUREMENT_KIND_RR_MIN, m.rr_min_ms);
  add(out, ecg::v1::MEASUREMENT_KIND_RR_MAX, m.rr_max_ms);
  add(out, ecg::v1::MEASUREMENT_KIND_P, m.p_ms);
  add(out, ecg::v1::MEASUREMENT_KIND_PR, m.pr_ms);
  add(out, ecg::v1::MEASUREMENT_KIND_QRS, m.qrs_ms);
  add(out, ecg::v1::MEASUREMENT_KIND_QT, m.qt_ms);
  add(out, ecg::v1::MEASUREMENT_KIND_QTC_BAZETT, m.qtc_bazett_ms);
  add(out, ecg::v1::MEASUREMENT_KIND_QTC_FRIDERICIA, m.qtc_fridericia_ms);
  add(out, ecg::v1::MEASUREMENT_KIND_QTC_FRAMINGHAM, m.qtc_framingham_ms);
  add(out, ecg::v1::MEASUREMENT_KIND_QTC_HODGES, m.qtc_hodges_ms);
  add(out, ecg::v1::MEASUREMENT_KIND_P_AXIS, m.p_axis_deg);
  add(out, ecg::v1::MEASUREMENT_KIND_QRS_AXIS, m.qrs_axis_deg);
  add(out, ecg::v1::MEASUREMENT_KIND_T_AXIS, m.t_axis_deg);
}

ecg::v1::Certainty certainty(dsp::Certainty value) {
  switch (value) {
    case dsp::Certainty::kPossible:
      return ecg::v1::CERTAINTY_POSSIBLE;
    case dsp::Certainty::kProbable:
      return ecg::v1::CERTAINTY_PROBABLE;
    case dsp::Certainty::kDefinite:
      return ecg::v1::CERTAINTY_DEFINITE;
  }
  return ecg::v1::CERTAINTY_UNSPECIFIED;
}

void add_findings(ecg::v1::Analysis& out, const dsp::Analysis& analysis, const std::string& author) {
  for (const dsp::Statement& statement : analysis.statements) {
    ecg::v1::Finding* finding = out.add_findings();
    finding->set_code(statement.code);
    finding->set_certainty(certainty(statement.certainty));
    finding->set_author(author);
    finding->set_rule(statement.rule);
    for (const dsp::Evidence& evidence : statement.evidence) {
      ecg::v1::Evidence* item = finding->add_evidence();
      item->set_lead(evidence.lead);
      item->set_measure(evidence.measure);
      item->set_value(evidence.value);
      item->set_limit(evidence.limit);
    }
  }
  for (const dsp::CriticalFinding& critical : analysis.critical) {
    ecg::v1::CriticalFinding* item = out.add_critical();
    item->set_rule_id(critical.rule_id);
    item->set_tier(urgency(critical.tier));
    item->set_code(critical.what);
    item->set_caveat(critical.caveat);
  }
}

}  // namespace

ecg::v1::QualityGrade quality_grade(dsp::QualityGrade grade) {
  switch (grade) {
    case dsp::QualityGrade::kUnknown:
      return ecg::v1::QUALITY_GRADE_UNSPECIFIED;
    case dsp::QualityGrade::kGood:
      return ecg::v1::QUALITY_GRADE_GOOD;
    case dsp::QualityGrade::kDegraded:
      return ecg::v1::QUALITY_GRADE_DEGRADED;
    case dsp::QualityGrade::kPoor:
      return ecg::v1::QUALITY_GRADE_POOR;
  }
  return ecg::v1::QUALITY_GRADE_UNSPECIFIED;
}

ecg::v1::QualityReason quality_reason(dsp::QualityReason reason) {
  static_assert(static_cast<int>(dsp::QualityReason::kLowSampling) + 1 ==
                static_cast<int>(ecg::v1::QUALITY_REASON_LOW_SAMPLING));
  return static_cast<ecg::v1::QualityReason>(static_cast<int>(reason) + 1);
}

ecg::v1::Urgency urgency(dsp::Urgency value) {
  switch (value) {
    case dsp::Urgency::kUnreadable:
      return ecg::v1::URGENCY_UNREADABLE;
    case dsp::Urgency::kNothingCriticalFound:
      return ecg::v1::URGENCY_NOTHING_CRITICAL_FOUND;
    case dsp::Urgency::kMajorPositive:
      return ecg::v1::URGENCY_MAJOR_POSITIVE;
    case dsp::Urgency::kCritical:
      return ecg::v1::URGENCY_CRITICAL;
  }
  return ecg::v1::URGENCY_UNSPECIFIED;
}

ecg::v1::Analysis to_analysis(const dsp::Analysis& analysis, const dsp::Recording& recording) {
  ecg::v1::Analysis out;
  out.set_algorithm(std::string(dsp::kAlgorithmName));
  out.set_algorithm_version(analysis.algorithm_version);
  out.set_rule_set(analysis.rule_set);
  add_global(out, analysis.measurements);
  for (const dsp::LeadMeasurements& lead : analysis.leads) {
    const std::string label = lead_label(recording, lead.lead);
    add(out, ecg::v1::MEASUREMENT_KIND_ST_J, lead.st_j_uv, label);
    add(out, ecg::v1::MEASUREMENT_KIND_ST_J60, lead.st_j60_uv, label);
    add(out, ecg::v1::MEASUREMENT_KIND_R_AMPLITUDE, lead.r_uv, label);
    add(out, ecg::v1::MEASUREMENT_KIND_S_AMPLITUDE, lead.s_uv, label);
  }
  add_findings(out, analysis, std::string(dsp::kAlgorithmName) + " " + analysis.algorithm_version);
  out.set_quality(quality_grade(analysis.quality));
  for (const dsp::LeadQuality& quality : analysis.lead_quality) {
    ecg::v1::LeadQuality* item = out.add_lead_quality();
    item->set_lead(lead_label(recording, quality.lead));
    item->set_grade(quality_grade(quality.grade));
    for (const dsp::QualityReason reason : quality.reasons) item->add_reasons(quality_reason(reason));
  }
  out.set_urgency(urgency(analysis.urgency));
  std::string classes;
  for (const dsp::Beat& beat : analysis.beats) {
    out.add_r_peaks(static_cast<std::uint64_t>(beat.r_peak));
    classes.push_back(static_cast<char>(beat.beat_class));
  }
  out.set_beat_classes(classes);
  for (const dsp::RhythmInterval& rhythm : analysis.rhythm) {
    ecg::v1::RhythmInterval* item = out.add_rhythm();
    item->set_code(rhythm.code);
    item->set_begin(static_cast<std::uint64_t>(rhythm.interval.begin));
    item->set_end(static_cast<std::uint64_t>(rhythm.interval.end));
  }
  return out;
}

}  // namespace ecg::wire
