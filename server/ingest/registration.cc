#include "server/ingest/registration.h"

#include <algorithm>
#include <string>

#include "common/base/ids.h"
#include "common/base/limits.h"
#include "common/wire/convert.h"

namespace ecg::ingest {

namespace {

constexpr std::int64_t kSecondsMax = 253402300799;  // the end of year 9999

Result<void> check_id(const std::string& value, const char* field) {
  if (!is_random_id(value)) return Error{ErrorCode::kInvalidField, field};
  return {};
}

Result<void> check_length(const std::string& value, std::size_t most, const char* field) {
  if (value.size() > most) return Error{ErrorCode::kInvalidField, field};
  return {};
}

Result<void> check_patient(const v1::Patient& patient) {
  if (patient.id().empty()) return Error{ErrorCode::kInvalidField, "study.patient.id"};
  ECG_TRY(check_length(patient.id(), limits::kNameBytesMax, "study.patient.id"));
  ECG_TRY(check_length(patient.name(), limits::kNameBytesMax, "study.patient.name"));
  ECG_TRY(check_length(patient.birth_date(), 10, "study.patient.birth_date"));
  ECG_TRY(check_length(patient.national_id_tail(), 4, "study.patient.national_id_tail"));
  if (!v1::Sex_IsValid(patient.sex())) return Error{ErrorCode::kInvalidField, "study.patient.sex"};
  if (!v1::IdentityState_IsValid(patient.identity())) {
    return Error{ErrorCode::kInvalidField, "study.patient.identity"};
  }
  return {};
}

Result<void> check_context(const v1::ClinicalContext& context) {
  ECG_TRY(check_length(context.symptom_onset(), limits::kShortTextBytesMax, "study.context.symptom_onset"));
  ECG_TRY(check_length(context.note(), limits::kShortTextBytesMax, "study.context.note"));
  if (context.symptoms_size() > 16) return Error{ErrorCode::kInvalidField, "study.context.symptoms"};
  for (const int symptom : context.symptoms()) {
    if (!v1::Symptom_IsValid(symptom)) return Error{ErrorCode::kInvalidField, "study.context.symptoms"};
  }
  return {};
}

}  // namespace

Result<void> check_registration(const v1::StudyRegistration& registration) {
  if (registration.ByteSizeLong() > kRegistrationBytesMax) return Error{ErrorCode::kTooLarge, "study"};
  ECG_TRY(check_id(registration.study_id(), "study.study_id"));
  ECG_TRY(check_patient(registration.patient()));
  ECG_TRY(check_context(registration.context()));
  ECG_TRY(check_length(registration.operator_id(), limits::kNameBytesMax, "study.operator_id"));
  ECG_TRY(check_length(registration.operator_name(), limits::kNameBytesMax, "study.operator_name"));
  if (!v1::Priority_IsValid(registration.priority()))
    return Error{ErrorCode::kInvalidField, "study.priority"};
  if (registration.attempt() > 1000) return Error{ErrorCode::kInvalidField, "study.attempt"};
  const auto seconds = registration.acquired_at().seconds();
  if (seconds < 0 || seconds > kSecondsMax) return Error{ErrorCode::kInvalidField, "study.acquired_at"};
  return {};
}

Result<void> check_open(const v1::OpenUpload& open) {
  ECG_TRY(check_id(open.upload_id(), "upload_id"));
  ECG_TRY(check_registration(open.study()));
  if (open.format().ByteSizeLong() > kFormatBytesMax) return Error{ErrorCode::kTooLarge, "format"};
  return wire::check_format(open.format());
}

domain::Priority priority_of(const v1::StudyRegistration& registration) {
  switch (registration.priority()) {
    case v1::PRIORITY_STAT:
      return domain::Priority::kStat;
    case v1::PRIORITY_ROUTINE:
      return domain::Priority::kRoutine;
    case v1::PRIORITY_SCREENING:
      return domain::Priority::kScreening;
    default:
      return domain::Priority::kUrgent;
  }
}

domain::IdentityState identity_of(const v1::StudyRegistration& registration) {
  switch (registration.patient().identity()) {
    case v1::IDENTITY_STATE_MATCHED:
      return domain::IdentityState::kMatched;
    case v1::IDENTITY_STATE_MISMATCH:
      return domain::IdentityState::kMismatch;
    default:
      return domain::IdentityState::kUnidentified;
  }
}

int attempt_of(const v1::StudyRegistration& registration) {
  return std::max(1, static_cast<int>(registration.attempt()));
}

domain::Event opened_event(const v1::StudyRegistration& registration) {
  domain::Event event;
  event.kind = domain::StudyEvent::kUploadOpened;
  event.attempt = attempt_of(registration);
  event.priority = priority_of(registration);
  if (registration.has_acquired_at()) {
    const auto& at = registration.acquired_at();
    event.acquired_at =
        Timestamp{std::chrono::seconds{at.seconds()} +
                  std::chrono::duration_cast<Duration>(std::chrono::nanoseconds{at.nanos()})} -
        std::chrono::milliseconds{registration.clock_offset_ms()};
  }
  return event;
}

std::uint64_t frames_max(double sampling_hz) {
  const auto by_duration =
      static_cast<std::uint64_t>(sampling_hz * static_cast<double>(limits::kStudyDurationMax.count()) + 0.5);
  return std::min<std::uint64_t>(by_duration, limits::kStudyFramesMax);
}

}  // namespace ecg::ingest
