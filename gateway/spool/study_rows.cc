#include "gateway/spool/study_rows.h"

namespace ecg::spool {
namespace {

std::optional<Timestamp> time_or_none(const sqlite::Statement& row, int column) {
  if (row.integer(column) == 0) return std::nullopt;
  return row.time(column);
}

Result<std::vector<ReportRow>> reports_of(sqlite::Database& database, const std::string& study) {
  std::vector<ReportRow> reports;
  auto query = database.prepare(
      "SELECT report, received_at, opened_at FROM reports WHERE study_id = ? ORDER BY version DESC");
  query.bind(study);
  while (true) {
    ECG_ASSIGN(const bool more, query.step());
    if (!more) return reports;
    ECG_ASSIGN(auto report, parse<ecg::v1::Report>(query.blob_view(0), "report of " + study));
    reports.push_back({std::move(report), query.time(1), time_or_none(query, 2)});
  }
}

}  // namespace

const std::string kRecordingColumns =
    "upload_id, study_id, attempt, begun_at, wanted_frames, send_when_done, frames, closed_at, sha256, "
    "partial, "
    "quality, disposition, durable_frames, first_acknowledged_at, receipt, confirmed_at, tries, next_try_at, "
    "error_code, samples_kept, format";

Result<RecordingRow> recording_from(const sqlite::Statement& row, int at) {
  RecordingRow out;
  out.upload_id = row.id<UploadId>(at);
  out.study_id = row.id<StudyId>(at + 1);
  out.attempt = static_cast<std::uint32_t>(row.integer(at + 2));
  out.begun_at = row.time(at + 3);
  out.wanted_frames = row.integer(at + 4);
  out.send_when_done = row.flag(at + 5);
  out.frames = row.integer(at + 6);
  out.closed_at = time_or_none(row, at + 7);
  out.sha256 = row.blob(at + 8);
  out.partial = row.flag(at + 9);
  out.quality = static_cast<ecg::v1::QualityGrade>(row.integer(at + 10));
  out.disposition = static_cast<ecg::v1::CloseDisposition>(row.integer(at + 11));
  out.durable_frames = row.integer(at + 12);
  out.first_acknowledged_at = time_or_none(row, at + 13);
  if (!row.blob_view(at + 14).empty()) {
    ECG_ASSIGN(out.receipt, parse<ecg::v1::StorageReceipt>(row.blob_view(at + 14), "receipt"));
  }
  out.confirmed_at = time_or_none(row, at + 15);
  out.tries = static_cast<std::uint32_t>(row.integer(at + 16));
  out.next_try_at = time_or_none(row, at + 17);
  out.error_code = static_cast<std::uint32_t>(row.integer(at + 18));
  out.samples_kept = row.flag(at + 19);
  ECG_ASSIGN(const auto format, parse<ecg::v1::RecordingFormat>(row.blob_view(at + 20), "recording format"));
  out.sampling_hz = format.sampling_hz();
  return out;
}

Result<std::optional<RecordingRow>> recording_by_id(sqlite::Database& database,
                                                    const std::string& upload_id) {
  if (upload_id.empty()) return std::optional<RecordingRow>();
  auto query = database.prepare("SELECT " + kRecordingColumns + " FROM recordings WHERE upload_id = ?");
  query.bind(upload_id);
  ECG_ASSIGN(const bool found, query.step());
  if (!found) return std::optional<RecordingRow>();
  ECG_ASSIGN(auto row, recording_from(query, 0));
  return std::optional(std::move(row));
}

const std::string kStudyColumns =
    "study_id, registration, phase, created_at, upload_id, progress, critical, critical_acknowledged_at";

Result<StudyRow> study_from(sqlite::Database& database, const sqlite::Statement& row) {
  StudyRow out;
  const std::string study = row.text(0);
  ECG_ASSIGN(out.registration,
             parse<ecg::v1::StudyRegistration>(row.blob_view(1), "registration of " + study));
  out.phase = static_cast<Phase>(row.integer(2));
  out.created_at = row.time(3);
  ECG_ASSIGN(out.recording, recording_by_id(database, row.text(4)));
  if (!row.blob_view(5).empty()) {
    ECG_ASSIGN(out.progress, parse<ecg::v1::StudyProgress>(row.blob_view(5), "progress of " + study));
  }
  if (!row.blob_view(6).empty()) {
    ECG_ASSIGN(out.critical, parse<ecg::v1::CriticalNotice>(row.blob_view(6), "critical notice of " + study));
  }
  out.critical_acknowledged_at = time_or_none(row, 7);
  ECG_ASSIGN(out.reports, reports_of(database, study));
  return out;
}

Result<Phase> phase_of(sqlite::Database& database, const StudyId& study) {
  auto query = database.prepare("SELECT phase FROM studies WHERE study_id = ?");
  query.bind(study);
  ECG_ASSIGN(const bool found, query.step());
  if (!found) return Error{ErrorCode::kNotFound, "study " + study.value};
  return static_cast<Phase>(query.integer(0));
}

}  // namespace ecg::spool
