#include "server/reporting/document_of.h"

#include <cmath>
#include <cstdio>
#include <ctime>
#include <optional>

#include "common/base/version.h"
#include "common/wire/sha256.h"
#include "dsp/interpret/statements.h"
#include "server/reporting/wording.h"

namespace ecg::reporting {
namespace {

Timestamp take(const google::protobuf::Timestamp& t) {
  return from_micros(t.seconds() * 1'000'000 + t.nanos() / 1000);
}

int utc_offset_minutes(Timestamp at) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  std::tm local{};
  ::localtime_r(&seconds, &local);
  return static_cast<int>(local.tm_gmtoff / 60);
}

std::string hex(const wire::Digest& digest) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string statement(const v1::Finding& finding, Language language) {
  const bool zh = language == Language::kChinese;
  const dsp::StatementText* known = dsp::statement_text(finding.code());
  std::string text(known == nullptr ? std::string_view(finding.code()) : (zh ? known->zh : known->en));
  if (!finding.qualifier().empty()) text += " (" + finding.qualifier() + ")";
  if (finding.certainty() == v1::CERTAINTY_POSSIBLE) text += zh ? "（可能）" : " (possible)";
  if (finding.certainty() == v1::CERTAINTY_PROBABLE) text += zh ? "（很可能）" : " (probable)";
  return text;
}

// An automatic result never says "normal" (reliability: wording): it says what was looked for and not found.
bool says_normal(const v1::Finding& finding) {
  return finding.code() == "NORMAL" || finding.code() == "BORDERLINE";
}

std::optional<dsp::Urgency> urgency_of(const v1::Analysis& analysis) {
  switch (analysis.urgency()) {
    case v1::URGENCY_UNREADABLE:
      return dsp::Urgency::kUnreadable;
    case v1::URGENCY_NOTHING_CRITICAL_FOUND:
      return dsp::Urgency::kNothingCriticalFound;
    case v1::URGENCY_MAJOR_POSITIVE:
      return dsp::Urgency::kMajorPositive;
    case v1::URGENCY_CRITICAL:
      return dsp::Urgency::kCritical;
    default:
      return std::nullopt;
  }
}

std::string symptom(v1::Symptom code, Language language) {
  const bool zh = language == Language::kChinese;
  switch (code) {
    case v1::SYMPTOM_CHEST_PAIN:
      return zh ? "胸痛" : "chest pain";
    case v1::SYMPTOM_PALPITATION:
      return zh ? "心悸" : "palpitation";
    case v1::SYMPTOM_SYNCOPE:
      return zh ? "晕厥" : "syncope";
    case v1::SYMPTOM_DYSPNOEA:
      return zh ? "气促" : "dyspnoea";
    case v1::SYMPTOM_DIZZINESS:
      return zh ? "头晕" : "dizziness";
    case v1::SYMPTOM_CHECK_UP:
      return zh ? "体检" : "check-up";
    case v1::SYMPTOM_PREOPERATIVE:
      return zh ? "术前" : "preoperative";
    default:
      return "";
  }
}

std::string symptoms(const v1::ClinicalContext& context, Language language) {
  std::string text;
  for (const int code : context.symptoms()) {
    const std::string one = symptom(static_cast<v1::Symptom>(code), language);
    if (one.empty()) continue;
    if (!text.empty()) text += language == Language::kChinese ? "、" : ", ";
    text += one;
  }
  return text;
}

// The stated age, or the full years since the birth date.
std::string age(const v1::Patient& patient, Timestamp at, Language language) {
  int years = static_cast<int>(patient.age_years());
  int year = 0, month = 0, day = 0;
  if (std::sscanf(patient.birth_date().c_str(), "%4d-%2d-%2d", &year, &month, &day) == 3) {
    const std::chrono::year_month_day today{std::chrono::floor<std::chrono::days>(at)};
    years = static_cast<int>(today.year()) - year;
    const int this_month = static_cast<int>(static_cast<unsigned>(today.month()));
    const int this_day = static_cast<int>(static_cast<unsigned>(today.day()));
    if (this_month < month || (this_month == month && this_day < day)) --years;
  } else if (years == 0) {
    return "";
  }
  if (years < 0 || years > 130) return "";
  return language == Language::kChinese ? std::to_string(years) + " 岁" : std::to_string(years);
}

void fill_patient(const ReportSource& source, Timestamp at, ReportDocument& document) {
  const v1::Patient& patient = source.registration.patient();
  document.patient_name = patient.name();
  if (patient.sex() == v1::SEX_FEMALE) document.sex = dsp::Sex::kFemale;
  if (patient.sex() == v1::SEX_MALE) document.sex = dsp::Sex::kMale;
  document.age = age(patient, at, document.language);
  document.birth_date = patient.birth_date();
  document.id_tail = patient.national_id_tail();
  document.identity = source.study.study.identity;
  if (document.identity != domain::IdentityState::kMatched) document.temporary_id = patient.id();
  document.symptoms = symptoms(source.registration.context(), document.language);
}

std::string filters(const v1::RecordingFormat& format) {
  if (format.high_pass_hz() == 0 && format.low_pass_hz() == 0) return "";
  char text[64];
  std::snprintf(text, sizeof text, "%.2f–%.0f Hz", format.high_pass_hz(), format.low_pass_hz());
  std::string result = text;
  if (format.notch_hz() > 0) result += ", AC " + std::to_string(std::lround(format.notch_hz())) + " Hz";
  return result;
}

void fill_recording(const ReportSource& source, ReportDocument& document) {
  const v1::Device& device = source.format.device();
  document.device = device.model();
  if (!device.serial().empty()) document.device += " #" + device.serial();
  document.recording_reference = source.study.study.id.value;
  document.acquired_at = source.study.study.acquired_at;
  document.received_at = source.study.study.received_at;
  const auto offset_ms = source.registration.clock_offset_ms();
  document.clock_trusted =
      source.registration.clock_uncertainty_ms() > 0 && offset_ms > -2000 && offset_ms < 2000;
  document.filters = filters(source.format);
  document.quality = source.study.study.quality;
}

domain::ReportStatus status_of(v1::ReportStatus status) {
  switch (status) {
    case v1::REPORT_STATUS_FINAL:
      return domain::ReportStatus::kFinal;
    case v1::REPORT_STATUS_AMENDED:
      return domain::ReportStatus::kAmended;
    case v1::REPORT_STATUS_CORRECTED:
      return domain::ReportStatus::kCorrected;
    case v1::REPORT_STATUS_ENTERED_IN_ERROR:
      return domain::ReportStatus::kEnteredInError;
    default:
      return domain::ReportStatus::kPreliminary;
  }
}

void fill_report(const ReportSource& source, ReportDocument& document) {
  const v1::Report& report = source.report;
  const bool zh = document.language == Language::kChinese;
  document.measurements = measurement_lines(measurements_of(report), document.language);
  for (const auto& finding : report.findings())
    document.findings.push_back(statement(finding, document.language));
  document.text = report.text();
  const auto add_paragraph = [&document](const std::string& label, const std::string& text) {
    if (text.empty()) return;
    if (!document.text.empty()) document.text += "\n";
    document.text += label + text;
  };
  add_paragraph(zh ? "建议：" : "Advice: ", report.advice());
  add_paragraph(zh ? "更改原因：" : "Reason for the change: ", report.reason());
  if (const auto urgency = urgency_of(source.analysis))
    document.automatic_findings.emplace_back(urgency_text(*urgency, document.language));
  for (const auto& finding : source.analysis.findings())
    if (!says_normal(finding)) document.automatic_findings.push_back(statement(finding, document.language));
  document.status = status_of(report.status());
  document.version = static_cast<int>(report.version());
  document.signatures.push_back({SignerRole::kFirstReader, report.signer_name(), take(report.signed_at())});
  document.created_at = take(report.signed_at());
  document.version_hash = hex(wire::sha256(report.SerializeAsString()));
}

}  // namespace

ReportDocument document_of(const ReportSource& source, const PrintOptions& options) {
  ReportDocument document;
  document.language = options.language;
  document.center_name = options.center_name;
  document.site_name = source.site_name;
  document.exam_number = source.study.study.id.value;
  document.priority = source.study.study.priority;
  const Timestamp at = source.study.study.acquired_at.value_or(source.study.created_at);
  document.utc_offset_minutes = utc_offset_minutes(at);
  fill_patient(source, at, document);
  fill_recording(source, document);
  fill_report(source, document);
  if (!source.analysis.algorithm_version().empty()) {
    document.algorithm = source.analysis.algorithm() + " " + source.analysis.algorithm_version() + ", " +
                         source.analysis.rule_set();
  }
  document.application = "ecg-server " + std::string(kVersion);
  return document;
}

dsp::Measurements measurements_of(const v1::Report& report) {
  dsp::Measurements result;
  const auto target = [&result](v1::MeasurementKind kind) -> dsp::Measured* {
    switch (kind) {
      case v1::MEASUREMENT_KIND_VENTRICULAR_RATE:
        return &result.ventricular_rate_bpm;
      case v1::MEASUREMENT_KIND_ATRIAL_RATE:
        return &result.atrial_rate_bpm;
      case v1::MEASUREMENT_KIND_RR_MEAN:
        return &result.rr_mean_ms;
      case v1::MEASUREMENT_KIND_RR_MIN:
        return &result.rr_min_ms;
      case v1::MEASUREMENT_KIND_RR_MAX:
        return &result.rr_max_ms;
      case v1::MEASUREMENT_KIND_P:
        return &result.p_ms;
      case v1::MEASUREMENT_KIND_PR:
        return &result.pr_ms;
      case v1::MEASUREMENT_KIND_QRS:
        return &result.qrs_ms;
      case v1::MEASUREMENT_KIND_QT:
        return &result.qt_ms;
      case v1::MEASUREMENT_KIND_QTC_BAZETT:
        return &result.qtc_bazett_ms;
      case v1::MEASUREMENT_KIND_QTC_FRIDERICIA:
        return &result.qtc_fridericia_ms;
      case v1::MEASUREMENT_KIND_QTC_FRAMINGHAM:
        return &result.qtc_framingham_ms;
      case v1::MEASUREMENT_KIND_QTC_HODGES:
        return &result.qtc_hodges_ms;
      case v1::MEASUREMENT_KIND_P_AXIS:
        return &result.p_axis_deg;
      case v1::MEASUREMENT_KIND_QRS_AXIS:
        return &result.qrs_axis_deg;
      case v1::MEASUREMENT_KIND_T_AXIS:
        return &result.t_axis_deg;
      default:
        return nullptr;
    }
  };
  for (const auto& measurement : report.measurements()) {
    dsp::Measured* measured = measurement.lead().empty() ? target(measurement.kind()) : nullptr;
    if (measured == nullptr) continue;
    if (measurement.has_value()) measured->value = measurement.value();
    measured->reason = measurement.reason();
  }
  return result;
}

}  // namespace ecg::reporting
