#include <algorithm>
#include <optional>
#include <string>

#include "ecg/v1/measurement.pb.h"

#include "server/reading/acts.h"

namespace ecg::reading {
namespace {

using domain::StudyEvent;

v1::ReportStatus status_code(domain::ReportStatus status) {
  switch (status) {
    case domain::ReportStatus::kPreliminary:
      return v1::REPORT_STATUS_PRELIMINARY;
    case domain::ReportStatus::kFinal:
      return v1::REPORT_STATUS_FINAL;
    case domain::ReportStatus::kAmended:
      return v1::REPORT_STATUS_AMENDED;
    case domain::ReportStatus::kCorrected:
      return v1::REPORT_STATUS_CORRECTED;
    case domain::ReportStatus::kEnteredInError:
      return v1::REPORT_STATUS_ENTERED_IN_ERROR;
  }
  return v1::REPORT_STATUS_UNSPECIFIED;
}

Result<v1::Report> newest_report(const store::Snapshot& snapshot, const StudyId& study) {
  ECG_ASSIGN(const auto record, snapshot.find_report(study, 0, store::PdfChoice::kWithout));
  v1::Report report;
  if (!record || !report.ParseFromString(record->report)) {
    return Error{ErrorCode::kStorageDamaged, "report of study " + study.value};
  }
  return report;
}

// A critical value that a reader confirmed, or nobody has refuted.
Result<bool> is_critical(const store::Snapshot& snapshot, const StudyId& study) {
  ECG_ASSIGN(const auto critical, snapshot.find_critical(study));
  return critical && critical->result.tier == domain::CriticalTier::kCritical &&
         critical->result.state != domain::CriticalState::kRefuted;
}

// The report as it is signed, from what stands in the store at this moment.
Result<v1::Report> write_report(const store::Snapshot& snapshot, const store::StudyRecord& record,
                                const Reader& signer, const Content& content, const std::string& reason,
                                Timestamp now) {
  v1::Report report;
  report.set_study_id(record.study.id.value);
  report.set_version(static_cast<std::uint32_t>(record.study.report_version));
  report.set_status(status_code(record.study.report_status.value_or(domain::ReportStatus::kFinal)));
  report.mutable_findings()->Assign(content.findings.begin(), content.findings.end());
  report.set_text(content.text);
  report.set_advice(content.advice);
  ECG_ASSIGN(const auto analysis, snapshot.find_analysis(record.study.id));
  const bool of_this_trace = analysis && analysis->attempt == record.study.attempt;
  if (v1::Analysis parsed; of_this_trace && parsed.ParseFromString(analysis->analysis)) {
    *report.mutable_measurements() = parsed.measurements();
  }
  report.set_signer_id(signer.id.value);
  report.set_signer_name(signer.name);
  const std::int64_t now_us = to_micros(now);
  report.mutable_signed_at()->set_seconds(now_us / 1'000'000);
  report.mutable_signed_at()->set_nanos(static_cast<std::int32_t>(now_us % 1'000'000) * 1000);
  report.set_reason(reason);
  ECG_ASSIGN(const auto upload, snapshot.find_upload(record.upload));
  if (upload) report.set_recording_sha256(upload->sha256);
  report.set_delivery(v1::DELIVERY_STATE_PENDING);
  ECG_ASSIGN(const bool critical, is_critical(snapshot, record.study.id));
  report.set_critical(critical);
  return report;
}

Result<v1::Report> add_version(store::Transaction& transaction, const store::StudyRecord& record,
                               const Reader& signer, const Content& content, const std::string& reason,
                               Timestamp now) {
  ECG_ASSIGN(auto report, write_report(transaction, record, signer, content, reason, now));
  store::ReportRecord stored;
  stored.study = record.study.id;
  stored.site = record.study.site;
  stored.version = record.study.report_version;
  stored.status = record.study.report_status.value_or(domain::ReportStatus::kFinal);
  stored.signer = signer.id;
  stored.signed_at = now;
  stored.report = report.SerializeAsString();
  stored.delivery.pending_since = now;
  ECG_TRY(transaction.add_report(stored));
  ECG_TRY(transaction.erase_draft(record.study.id));
  return report;
}

store::StudyEdit take_signer(const Reader& reader) {
  return [name = reader.name](store::StudyRecord& record) { record.reader_name = name; };
}

}  // namespace

Result<v1::Report> Desk::sign(const Reader& reader, const StudyId& study, std::uint64_t token,
                              const Content& content) {
  if (is_empty(content)) return Error{ErrorCode::kReportEmpty, "study " + study.value};
  const Timestamp now = clock_.now();
  return write_for<v1::Report>(store_, [&](store::Transaction& transaction) -> Result<v1::Report> {
    ECG_ASSIGN(const auto change,
               store::change_study(transaction, study, event_by(reader, StudyEvent::kSigned, token), now,
                                   take_signer(reader)));
    if (change.outcome == domain::Outcome::kIgnored) return newest_report(transaction, study);
    return add_version(transaction, change.study, reader, content, {}, now);
  });
}

Result<v1::Report> Desk::amend(const Reader& reader, const StudyId& study, const Amendment& amendment) {
  if (amendment.reason.empty() || amendment.reason.size() > limits::kShortTextBytesMax) {
    return Error{ErrorCode::kInvalidField, "reason"};
  }
  if (is_empty(amendment.content)) return Error{ErrorCode::kReportEmpty, "study " + study.value};
  const Timestamp now = clock_.now();
  domain::Event event = event_by(reader, StudyEvent::kAmended);
  event.version = amendment.version + 1;
  event.status = amendment.correction ? domain::ReportStatus::kCorrected : domain::ReportStatus::kAmended;
  event.reason = amendment.reason;
  return write_for<v1::Report>(store_, [&](store::Transaction& transaction) -> Result<v1::Report> {
    ECG_ASSIGN(const auto found, find_in_scope(transaction, reader, study));
    (void)found;
    ECG_ASSIGN(const auto change, store::change_study(transaction, study, event, now, take_signer(reader)));
    if (change.outcome == domain::Outcome::kIgnored) return newest_report(transaction, study);
    return add_version(transaction, change.study, reader, amendment.content, amendment.reason, now);
  });
}

const std::vector<std::string>& return_reasons() {
  static const std::vector<std::string> reasons = {"lead_off", "lead_reversal", "noise", "wrong_patient",
                                                   "too_short"};
  return reasons;
}

Result<void> Desk::send_back(const Reader& reader, const StudyId& study, std::uint64_t token,
                             const std::string& reason_code, const std::string& note) {
  if (std::ranges::find(return_reasons(), reason_code) == return_reasons().end()) {
    return Error{ErrorCode::kInvalidField, "reason_code"};
  }
  if (note.size() > limits::kShortTextBytesMax) return Error{ErrorCode::kInvalidField, "note: too long"};
  const Timestamp now = clock_.now();
  domain::Event event = event_by(reader, StudyEvent::kSignalRejected, token);
  event.reason = reason_code;
  return store_.write_wait([&](store::Transaction& transaction) -> Result<void> {
    ECG_ASSIGN(const auto change,
               store::change_study(transaction, study, event, now, [&](store::StudyRecord& record) {
                 record.return_reason = reason_code;
                 record.reader_name.clear();
               }));
    (void)change;
    return {};
  });
}

}  // namespace ecg::reading
