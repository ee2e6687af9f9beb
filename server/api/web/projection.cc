#include "server/api/web/projection.h"

#include <utility>

#include "common/wire/sha256.h"
#include "server/api/web/timestamps.h"
#include "server/domain/policy.h"

namespace ecg::web {
namespace {

Error damaged(const StudyId& id) {
  return Error{ErrorCode::kStorageDamaged, "study " + id.value};
}

v1::QualityGrade quality_code(domain::QualityState quality) {
  switch (quality) {
    case domain::QualityState::kGood:
      return v1::QUALITY_GRADE_GOOD;
    case domain::QualityState::kDegraded:
      return v1::QUALITY_GRADE_DEGRADED;
    case domain::QualityState::kPoor:
      return v1::QUALITY_GRADE_POOR;
    case domain::QualityState::kUnknown:
      break;
  }
  return v1::QUALITY_GRADE_UNSPECIFIED;
}

v1::AnalysisState analysis_code(store::AnalysisState state) {
  switch (state) {
    case store::AnalysisState::kPending:
      return v1::ANALYSIS_STATE_PENDING;
    case store::AnalysisState::kDone:
      return v1::ANALYSIS_STATE_DONE;
    case store::AnalysisState::kFailed:
      return v1::ANALYSIS_STATE_FAILED;
  }
  return v1::ANALYSIS_STATE_UNSPECIFIED;
}

// Both enumerations list the same states in the same order; the contract's begin with "unspecified".
static_assert(static_cast<int>(domain::StudyState::kOrdered) == v1::STUDY_STATE_ORDERED);
static_assert(static_cast<int>(domain::StudyState::kQueued) == v1::STUDY_STATE_QUEUED);
static_assert(static_cast<int>(domain::StudyState::kFinal) == v1::STUDY_STATE_FINAL);
static_assert(static_cast<int>(domain::StudyState::kRejected) == v1::STUDY_STATE_REJECTED);

}  // namespace

v1::Priority priority_code(domain::Priority priority) {
  return static_cast<v1::Priority>(static_cast<int>(priority) + v1::PRIORITY_STAT);
}

v1::StudyState state_code(domain::StudyState state) {
  return static_cast<v1::StudyState>(state);
}

domain::StudyState study_state(v1::StudyState code) {
  const bool known = code > v1::STUDY_STATE_UNSPECIFIED && code <= v1::STUDY_STATE_REJECTED;
  return known ? static_cast<domain::StudyState>(code) : domain::StudyState::kAbsent;
}

v1::CriticalState critical_code(domain::CriticalState state) {
  return static_cast<v1::CriticalState>(static_cast<int>(state) + v1::CRITICAL_STATE_DETECTED);
}

v1::DeliveryState delivery_code(domain::DeliveryState state) {
  return static_cast<v1::DeliveryState>(static_cast<int>(state) + v1::DELIVERY_STATE_PENDING);
}

Result<std::string> SiteNames::of(const SiteId& id) {
  const auto known = names_.find(id);
  if (known != names_.end()) return known->second;
  ECG_ASSIGN(const auto site, snapshot_.find_site(id));
  return names_[id] = site ? site->name : id.value;
}

Result<v1::StudySummary> study_summary(const store::Snapshot& snapshot, const store::StudyRecord& record,
                                       SiteNames& sites) {
  const domain::Study& study = record.study;
  v1::StudySummary summary;
  summary.set_id(study.id.value);
  summary.set_site_id(study.site.value);
  ECG_ASSIGN(*summary.mutable_site_name(), sites.of(study.site));
  v1::StudyRegistration registration;
  if (!registration.ParseFromString(record.registration)) return damaged(study.id);
  *summary.mutable_patient() = registration.patient();
  *summary.mutable_context() = registration.context();
  summary.set_priority(priority_code(study.priority));
  summary.set_requested_priority(priority_code(study.requested));
  summary.set_state(state_code(study.state));
  summary.set_analysis_state(analysis_code(record.analysis));
  summary.set_quality(quality_code(study.quality));
  ECG_ASSIGN(const auto critical, snapshot.find_critical(study.id));
  if (critical) summary.set_critical(critical_code(critical->result.state));
  summary.set_partial(study.partial);
  if (study.acquired_at) put(*study.acquired_at, *summary.mutable_acquired_at());
  if (study.received_at) put(*study.received_at, *summary.mutable_received_at());
  if (const auto due = domain::due_at(study)) put(*due, *summary.mutable_deadline());
  if (study.lease) {
    summary.set_reader_id(study.lease->holder.value);
    put(study.lease->expires_at, *summary.mutable_lease_expires_at());
  }
  summary.set_reader_name(record.reader_name);
  summary.set_report_version(static_cast<std::uint32_t>(study.report_version));
  summary.set_duration_s(record.duration_s);
  return summary;
}

Result<v1::StudyDetail> study_detail(const store::Snapshot& snapshot, const store::StudyRecord& record) {
  const StudyId& id = record.study.id;
  v1::StudyDetail detail;
  SiteNames sites(snapshot);
  ECG_ASSIGN(*detail.mutable_summary(), study_summary(snapshot, record, sites));
  ECG_ASSIGN(const auto upload, snapshot.find_upload(record.upload));
  if (upload) {
    if (!detail.mutable_format()->ParseFromString(upload->format)) return damaged(id);
    detail.set_recording_sha256(upload->sha256);
  }
  ECG_ASSIGN(const auto analysis, snapshot.find_analysis(id));
  // An earlier recording's analysis says nothing about the trace that is shown.
  if (analysis && analysis->attempt == record.study.attempt &&
      !detail.mutable_analysis()->ParseFromString(analysis->analysis)) {
    return damaged(id);
  }
  ECG_ASSIGN(const auto draft, snapshot.find_draft(id));
  if (draft) {
    if (!detail.mutable_draft()->ParseFromString(draft->draft)) return damaged(id);
    detail.mutable_draft()->set_revision(draft->revision);
    put(draft->saved_at, *detail.mutable_draft()->mutable_saved_at());
  }
  v1::StudyRegistration registration;
  if (!registration.ParseFromString(record.registration)) return damaged(id);
  detail.set_operator_name(registration.operator_name());
  detail.set_clock_offset_ms(registration.clock_offset_ms());
  detail.set_clock_uncertainty_ms(registration.clock_uncertainty_ms());
  ECG_ASSIGN(const auto site, snapshot.find_site(record.study.site));
  detail.set_machine_text_hidden(site && site->machine_text_hidden);
  return detail;
}

Result<v1::Report> report_message(const store::ReportRecord& record) {
  v1::Report report;
  if (!report.ParseFromString(record.report)) return damaged(record.study);
  report.set_delivery(delivery_code(record.delivery.state));
  if (!record.pdf.empty()) {
    const wire::Digest digest = wire::sha256(record.pdf);
    report.set_pdf_sha256(std::string(digest.begin(), digest.end()));
  }
  return report;
}

v1::Lease lease_message(const domain::Lease& lease, const domain::Study& study) {
  v1::Lease message;
  message.set_token(lease.token);
  put(lease.expires_at, *message.mutable_expires_at());
  const Duration length = domain::default_policy().lease_length(study.priority);
  message.set_length_s(
      static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(length).count()));
  return message;
}

v1::Person person_message(const store::PersonRecord& record) {
  v1::Person person;
  person.set_id(record.id.value);
  person.set_user_name(record.user_name);
  person.set_display_name(record.display_name);
  for (int role = v1::Role_MIN + 1; role <= v1::Role_MAX; ++role) {
    if ((record.roles >> role & 1u) != 0) person.add_roles(static_cast<v1::Role>(role));
  }
  person.set_site_id(record.site.value);
  person.set_disabled(record.disabled);
  return person;
}

v1::QuarantinedUpload quarantine_message(const store::UploadRecord& record) {
  v1::QuarantinedUpload upload;
  upload.set_upload_id(record.id.value);
  upload.set_study_id(record.study.value);
  upload.set_site_id(record.site.value);
  upload.set_reason_code(static_cast<std::uint32_t>(record.reason));
  put(record.closed_at.value_or(record.opened_at), *upload.mutable_at());
  upload.set_bytes(record.stored_bytes);
  return upload;
}

bool on_worklist(domain::StudyState state) {
  switch (state) {
    case domain::StudyState::kQueued:
    case domain::StudyState::kAssigned:
    case domain::StudyState::kReading:
    case domain::StudyState::kPreliminary:
    case domain::StudyState::kReferred:
      return true;
    default:
      return false;
  }
}

}  // namespace ecg::web
