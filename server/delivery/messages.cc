#include "server/delivery/messages.h"

#include "ecg/v1/site.pb.h"

#include "common/base/log.h"
#include "common/wire/sha256.h"

namespace ecg::delivery {

namespace {

constexpr std::size_t kPdfBytesMax = 900 * 1024;  // exchange.proto, DeliveredReport

// The contract and the domain list the states in the same order; the domain has no "unspecified".
static_assert(static_cast<int>(domain::StudyState::kOrdered) == v1::STUDY_STATE_ORDERED);
static_assert(static_cast<int>(domain::StudyState::kReading) == v1::STUDY_STATE_READING);
static_assert(static_cast<int>(domain::StudyState::kRejected) == v1::STUDY_STATE_REJECTED);
static_assert(static_cast<int>(domain::CriticalState::kDetected) + 1 == v1::CRITICAL_STATE_DETECTED);
static_assert(static_cast<int>(domain::CriticalState::kRefuted) + 1 == v1::CRITICAL_STATE_REFUTED);

v1::CriticalState critical_state(domain::CriticalState state) {
  return static_cast<v1::CriticalState>(static_cast<int>(state) + 1);
}

void set_time(google::protobuf::Timestamp* out, Timestamp at) {
  const auto us = to_micros(at);
  out->set_seconds(us / 1'000'000);
  out->set_nanos(static_cast<std::int32_t>(us % 1'000'000 * 1000));
}

bool is_operator_of(const store::PersonRecord& person, const SiteId& site) {
  return person.site == site && !person.disabled && (person.roles >> v1::ROLE_CLINIC_OPERATOR & 1U) != 0;
}

}  // namespace

v1::StudyProgress progress_of(const store::StudyRecord& record,
                              const std::optional<store::CriticalRecord>& critical) {
  const auto& study = record.study;
  v1::StudyProgress progress;
  progress.set_study_id(study.id.value);
  progress.set_state(static_cast<v1::StudyState>(study.state));
  if (study.received_at) set_time(progress.mutable_received_at(), *study.received_at);
  if (study.opened_at) set_time(progress.mutable_opened_at(), *study.opened_at);
  if (study.signed_at) set_time(progress.mutable_signed_at(), *study.signed_at);
  progress.set_reader_name(record.reader_name);
  if (study.state == domain::StudyState::kRetake) progress.set_return_reason(record.return_reason);
  if (critical) {
    progress.set_critical(critical_state(critical->result.state));
    for (const auto& code : critical->codes) progress.add_critical_codes(code);
  }
  return progress;
}

v1::CriticalNotice notice_of(const store::CriticalRecord& critical) {
  const auto& result = critical.result;
  v1::CriticalNotice notice;
  notice.set_study_id(critical.study.value);
  notice.set_state(critical_state(result.state));
  for (const auto& code : critical.codes) notice.add_codes(code);
  notice.set_text(critical.text);
  if (result.confirmed) notice.set_sender_name(critical.confirmed_by_name);
  set_time(notice.mutable_at(), result.confirmed_at.value_or(result.detected_at));
  return notice;
}

v1::SiteSettings settings_of(const CenterFacts& center, const store::SiteRecord& site,
                             const std::vector<store::PersonRecord>& people) {
  v1::SiteSettings settings;
  settings.set_site_id(site.id.value);
  settings.set_site_name(site.name);
  settings.set_center_name(center.name);
  settings.set_duty_phone(center.duty_phone);
  for (const auto& person : people) {
    if (!is_operator_of(person, site.id)) continue;
    auto* out = settings.add_operators();
    out->set_id(person.id.value);
    out->set_user_name(person.user_name);
    out->set_display_name(person.display_name);
    out->set_password_hash(person.password_hash);
  }
  return settings;
}

Result<v1::DeliveredReport> delivered_report(const store::ReportRecord& record) {
  v1::DeliveredReport delivered;
  if (!delivered.mutable_report()->ParseFromString(record.report)) {
    return Error{ErrorCode::kStorageDamaged, "report of study " + record.study.value};
  }
  delivered.mutable_report()->set_delivery(v1::DELIVERY_STATE_DELIVERED);
  if (record.pdf.empty()) return delivered;
  if (record.pdf.size() > kPdfBytesMax) {
    log::error("report_pdf_too_large", {{"study", record.study.value}, {"bytes", record.pdf.size()}});
    return delivered;
  }
  delivered.mutable_report()->set_pdf_sha256(wire::as_bytes(wire::sha256(record.pdf)));
  delivered.set_pdf(record.pdf);
  return delivered;
}

}  // namespace ecg::delivery
