#include "gateway/spool/schema.h"

namespace ecg::spool {
namespace {

// Times are microseconds since 1970, 0 = not yet. Messages are stored as serialised protobuf.
constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE studies(
  study_id TEXT PRIMARY KEY,
  registration BLOB NOT NULL,
  phase INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  patient_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  upload_id TEXT NOT NULL DEFAULT '',
  progress BLOB NOT NULL DEFAULT x'',
  critical BLOB NOT NULL DEFAULT x'',
  critical_received_at INTEGER NOT NULL DEFAULT 0,
  critical_acknowledged_at INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX studies_by_age ON studies(created_at);
CREATE INDEX studies_by_patient ON studies(patient_id, created_at);

CREATE TABLE recordings(
  upload_id TEXT PRIMARY KEY,
  study_id TEXT NOT NULL REFERENCES studies(study_id),
  attempt INTEGER NOT NULL,
  format BLOB NOT NULL,
  registration BLOB NOT NULL,
  begun_at INTEGER NOT NULL,
  wanted_frames INTEGER NOT NULL,
  send_when_done INTEGER NOT NULL,
  frames INTEGER NOT NULL DEFAULT 0,
  closed_at INTEGER NOT NULL DEFAULT 0,
  sha256 BLOB NOT NULL DEFAULT x'',
  partial INTEGER NOT NULL DEFAULT 0,
  quality INTEGER NOT NULL DEFAULT 0,
  disposition INTEGER NOT NULL DEFAULT 0,
  durable_frames INTEGER NOT NULL DEFAULT 0,
  first_acknowledged_at INTEGER NOT NULL DEFAULT 0,
  receipt BLOB NOT NULL DEFAULT x'',
  confirmed_at INTEGER NOT NULL DEFAULT 0,
  tries INTEGER NOT NULL DEFAULT 0,
  next_try_at INTEGER NOT NULL DEFAULT 0,
  error_code INTEGER NOT NULL DEFAULT 0,
  error_subject TEXT NOT NULL DEFAULT '',
  samples_kept INTEGER NOT NULL DEFAULT 1
) WITHOUT ROWID;
CREATE INDEX recordings_unconfirmed ON recordings(confirmed_at, begun_at);
CREATE INDEX recordings_by_study ON recordings(study_id);

CREATE TABLE blocks(
  upload_id TEXT NOT NULL REFERENCES recordings(upload_id),
  first_frame INTEGER NOT NULL,
  message BLOB NOT NULL,
  PRIMARY KEY(upload_id, first_frame)
) WITHOUT ROWID;

CREATE TABLE reports(
  study_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  report BLOB NOT NULL,
  pdf BLOB NOT NULL,
  received_at INTEGER NOT NULL,
  opened_at INTEGER NOT NULL DEFAULT 0,
  opened_by TEXT NOT NULL DEFAULT '',
  PRIMARY KEY(study_id, version)
);

CREATE TABLE outgoing(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message BLOB NOT NULL
);

CREATE TABLE settings(
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE operator_sessions(
  token_sha256 BLOB PRIMARY KEY,
  operator_id TEXT NOT NULL,
  begun_at INTEGER NOT NULL,
  used_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE imports(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  file_name TEXT NOT NULL,
  at INTEGER NOT NULL,
  error_code INTEGER NOT NULL,
  subject TEXT NOT NULL,
  study_id TEXT NOT NULL,
  kept_as TEXT NOT NULL
);
)sql";

// How often the recording was given another upload id.
constexpr std::string_view kVersion2 = R"sql(
ALTER TABLE recordings ADD COLUMN renewals INTEGER NOT NULL DEFAULT 0;
)sql";

constexpr sqlite::Migration kSteps[] = {{kVersion1}, {kVersion2}};

}  // namespace

std::span<const sqlite::Migration> schema() {
  return kSteps;
}

}  // namespace ecg::spool
