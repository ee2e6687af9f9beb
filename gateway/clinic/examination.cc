#include "gateway/clinic/examination.h"

#include <charconv>

#include "common/base/ids.h"
#include "common/base/limits.h"
#include "common/wire/sha256.h"

namespace ecg::clinic {
namespace {

constexpr std::uint32_t kAgeMax = 130;
constexpr std::uint32_t kPressureMax = 350;  // mmHg
constexpr int kSymptomsMax = 16;

Error field(const char* name) {
  return {ErrorCode::kInvalidField, name};
}

bool is_past_date(const std::string& text, Timestamp now) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const auto number = [&](std::size_t at, std::size_t count, auto& value) {
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + at + count, value);
    return error == std::errc{} && end == text.data() + at + count;
  };
  int year = 0;
  unsigned month = 0, day = 0;
  if (!number(0, 4, year) || !number(5, 2, month) || !number(8, 2, day)) return false;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  // A day of slack: the clinic may be a day ahead of UTC.
  return date.ok() && year >= 1880 && std::chrono::sys_days(date) <= now + std::chrono::days(1);
}

bool blank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

Result<void> check_patient(const ecg::v1::Patient& patient, Timestamp now) {
  if (patient.id().size() > limits::kNameBytesMax) return field("patient.id");
  if (patient.name().size() > limits::kNameBytesMax) return field("patient.name");
  if (!ecg::v1::Sex_IsValid(patient.sex())) return field("patient.sex");
  if (!patient.birth_date().empty() && !is_past_date(patient.birth_date(), now))
    return field("patient.birth_date");
  if (patient.age_years() > kAgeMax) return field("patient.age_years");
  if (patient.national_id_tail().size() > 4) return field("patient.national_id_tail");
  return {};
}

Result<void> check_context(const ecg::v1::ClinicalContext& context) {
  if (context.symptoms_size() > kSymptomsMax) return field("context.symptoms");
  for (const int symptom : context.symptoms()) {
    if (!ecg::v1::Symptom_IsValid(symptom)) return field("context.symptoms");
  }
  if (context.symptom_onset().size() > limits::kShortTextBytesMax) return field("context.symptom_onset");
  if (!ecg::v1::YesNo_IsValid(context.pacemaker())) return field("context.pacemaker");
  if (context.systolic_mmhg() > kPressureMax) return field("context.systolic_mmhg");
  if (context.diastolic_mmhg() > kPressureMax) return field("context.diastolic_mmhg");
  if (context.note().size() > limits::kShortTextBytesMax) return field("context.note");
  return {};
}

void complete_identity(ecg::v1::Patient& patient, bool unknown, Random& random) {
  if (!patient.id().empty() && !unknown) {
    patient.set_identity(ecg::v1::IDENTITY_STATE_MATCHED);
    return;
  }
  const bool known = !unknown && !patient.birth_date().empty() && patient.sex() != ecg::v1::SEX_UNSPECIFIED;
  if (known) {
    const std::string person =
        patient.name() + '\n' + patient.birth_date() + '\n' + std::to_string(static_cast<int>(patient.sex()));
    patient.set_id("P-" + wire::as_hex(wire::sha256(person)).substr(0, 12));
    patient.set_identity(ecg::v1::IDENTITY_STATE_MATCHED);
    return;
  }
  patient.set_id("T-" + random_id(random).substr(0, 10));
  patient.set_identity(unknown ? ecg::v1::IDENTITY_STATE_UNIDENTIFIED : ecg::v1::IDENTITY_STATE_MATCHED);
}

}  // namespace

Result<ecg::v1::StudyRegistration> make_registration(const ecg::v1::RegisterExaminationRequest& request,
                                                     Random& random, Timestamp now) {
  if (!request.study_id().empty() && !is_random_id(request.study_id())) return field("study_id");
  ECG_TRY(check_patient(request.patient(), now));
  ECG_TRY(check_context(request.context()));
  if (!ecg::v1::Priority_IsValid(request.priority())) return field("priority");
  if (!request.emergency_unknown() && blank(request.patient().name()) && blank(request.patient().id())) {
    return Error{ErrorCode::kNoPatient, ""};
  }
  ecg::v1::StudyRegistration out;
  out.set_study_id(request.study_id().empty() ? random_id(random) : request.study_id());
  *out.mutable_patient() = request.patient();
  complete_identity(*out.mutable_patient(), request.emergency_unknown(), random);
  *out.mutable_context() = request.context();
  out.set_priority(request.priority());
  out.set_attempt(1);
  return out;
}

}  // namespace ecg::clinic
