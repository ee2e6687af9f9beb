#include "server/analysis/job.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <string>

#include "ecg/v1/study.pb.h"

#include "common/wire/convert.h"

namespace ecg::analysis {
namespace {

constexpr double kAgeMax = 130;

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::chrono::sys_days> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = number(text.substr(0, 4));
  const auto month = number(text.substr(5, 2));
  const auto day = number(text.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date};
}

domain::QualityState quality_state(v1::QualityGrade grade) {
  switch (grade) {
    case v1::QUALITY_GRADE_GOOD:
      return domain::QualityState::kGood;
    case v1::QUALITY_GRADE_DEGRADED:
      return domain::QualityState::kDegraded;
    case v1::QUALITY_GRADE_POOR:
      return domain::QualityState::kPoor;
    default:
      return domain::QualityState::kUnknown;
  }
}

std::optional<domain::CriticalTier> tier(v1::Urgency urgency) {
  if (urgency == v1::URGENCY_CRITICAL) return domain::CriticalTier::kCritical;
  if (urgency == v1::URGENCY_MAJOR_POSITIVE) return domain::CriticalTier::kMajorPositive;
  return std::nullopt;
}

}  // namespace

std::optional<double> age_years(const v1::Patient& patient, Timestamp at) {
  if (const auto born = parse_date(patient.birth_date())) {
    const double days = std::chrono::duration<double, std::ratio<86400>>(at - *born).count();
    const double years = days / 365.2425;
    if (years >= 0 && years <= kAgeMax) return years;
    return std::nullopt;
  }
  if (patient.age_years() > 0 && patient.age_years() <= kAgeMax) return patient.age_years();
  return std::nullopt;
}

v1::AnalysisJob make_job(const store::StudyRecord& study, const store::StoredRecording& stored,
                         double mains_hz) {
  v1::AnalysisJob job;
  job.set_study_id(study.study.id.value);
  *job.mutable_waveform() = wire::to_waveform(stored.recording, stored.format);
  v1::StudyRegistration registration;
  if (registration.ParseFromString(study.registration)) {
    job.set_sex(registration.patient().sex());
    const Timestamp at = study.study.acquired_at.value_or(study.created_at);
    if (const auto age = age_years(registration.patient(), at)) job.set_age_years(*age);
  }
  job.set_mains_hz(mains_hz);
  return job;
}

domain::Event done_event(const v1::Analysis& analysis, bool partial) {
  domain::Event event;
  event.kind = domain::StudyEvent::kAnalysisDone;
  event.quality = quality_state(analysis.quality());
  if (partial && event.quality == domain::QualityState::kPoor)
    event.quality = domain::QualityState::kDegraded;
  event.tier = tier(analysis.urgency());
  for (const auto& finding : analysis.critical()) {
    const auto found = tier(finding.tier());
    if (found && (!event.tier || *found < *event.tier)) event.tier = found;
  }
  return event;
}

std::optional<store::CriticalRecord> suspected(const store::StudyRecord& study, const v1::Analysis& analysis,
                                               Timestamp now) {
  const auto most_urgent = done_event(analysis, study.study.partial).tier;
  if (!most_urgent) return std::nullopt;
  store::CriticalRecord record;
  record.study = study.study.id;
  record.site = study.study.site;
  record.result.tier = *most_urgent;
  record.result.detected_at = now;
  for (const auto& finding : analysis.critical()) {
    if (std::ranges::find(record.codes, finding.code()) == record.codes.end()) {
      record.codes.push_back(finding.code());
    }
  }
  return record;
}

}  // namespace ecg::analysis
