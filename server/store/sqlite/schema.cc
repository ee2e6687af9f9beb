#include "server/store/sqlite/schema.h"

#include <array>

namespace ecg::store {

namespace {

// Times are microseconds since 1970, UTC. Blobs named *_sha256 have 32 bytes. Enumerations without a name of
// their own in server/domain are kept as their number; the order of those enumerations is therefore fixed.
constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE setting(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

-- Sites, gateways, people -------------------------------------------------------------------------------------------
CREATE TABLE site(
  id TEXT PRIMARY KEY, name TEXT NOT NULL, phone TEXT NOT NULL,
  signing INTEGER NOT NULL, release_preliminary INTEGER NOT NULL, machine_text_hidden INTEGER NOT NULL,
  settings_revision INTEGER NOT NULL, created_at INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE gateway(
  id TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES site(id), certificate_sha256 BLOB NOT NULL UNIQUE,
  enrolled_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, revoked_at INTEGER, revoke_reason TEXT NOT NULL,
  last_heartbeat_at INTEGER, heartbeat BLOB NOT NULL);          -- ecg.v1.Heartbeat

CREATE TABLE enrolment_code(
  secret_sha256 BLOB PRIMARY KEY, site TEXT NOT NULL REFERENCES site(id), created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL, wrong_tries INTEGER NOT NULL, ended INTEGER NOT NULL, gateway TEXT NOT NULL,
  request_sha256 BLOB NOT NULL, response BLOB NOT NULL);        -- ecg.v1.EnrollResponse
CREATE INDEX enrolment_code_by_site ON enrolment_code(site);

CREATE TABLE person(
  id TEXT PRIMARY KEY, user_name TEXT NOT NULL UNIQUE, display_name TEXT NOT NULL, roles INTEGER NOT NULL,
  site TEXT NOT NULL, password_hash TEXT NOT NULL, disabled INTEGER NOT NULL, created_at INTEGER NOT NULL,
  password_changed_at INTEGER NOT NULL);

CREATE TABLE session(
  token_sha256 BLOB PRIMARY KEY, person TEXT NOT NULL REFERENCES person(id), created_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, place TEXT NOT NULL);
CREATE INDEX session_by_person ON session(person);
CREATE INDEX session_by_expiry ON session(expires_at);

CREATE TABLE failed_tries(key TEXT PRIMARY KEY, count INTEGER NOT NULL, last_at INTEGER NOT NULL) WITHOUT ROWID;

-- Recordings --------------------------------------------------------------------------------------------------------
CREATE TABLE upload(
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, gateway TEXT NOT NULL, site TEXT NOT NULL, study TEXT NOT NULL,
  attempt INTEGER NOT NULL, format BLOB NOT NULL,               -- ecg.v1.RecordingFormat
  state INTEGER NOT NULL, durable_frames INTEGER NOT NULL, stored_bytes INTEGER NOT NULL, partial INTEGER NOT NULL,
  sha256 BLOB NOT NULL, receipt BLOB NOT NULL,                  -- ecg.v1.StorageReceipt
  reason INTEGER NOT NULL, opened_at INTEGER NOT NULL, closed_at INTEGER);
CREATE INDEX upload_by_study ON upload(study);
CREATE INDEX upload_open ON upload(gateway) WHERE state = 0;
CREATE INDEX upload_quarantined ON upload(opened_at) WHERE state = 3;

CREATE TABLE block(
  upload INTEGER NOT NULL REFERENCES upload(number), first_frame INTEGER NOT NULL, frame_count INTEGER NOT NULL,
  crc32c INTEGER NOT NULL,                                      -- over upload id, first_frame, frame_count, block
  block BLOB NOT NULL);                                         -- ecg.v1.SampleBlock
CREATE UNIQUE INDEX block_in_order ON block(upload, first_frame);

-- Studies -----------------------------------------------------------------------------------------------------------
CREATE TABLE study(
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, site TEXT NOT NULL, state TEXT NOT NULL,
  state_since INTEGER NOT NULL, identity TEXT NOT NULL, quality TEXT NOT NULL, requested INTEGER NOT NULL,
  priority INTEGER NOT NULL, open_critical TEXT, not_analysed INTEGER NOT NULL, ordered INTEGER NOT NULL,
  partial INTEGER NOT NULL, attempt INTEGER NOT NULL, signing INTEGER NOT NULL, release_preliminary INTEGER NOT NULL,
  pool INTEGER NOT NULL, lease_holder TEXT, lease_token INTEGER, lease_expires_at INTEGER, lease_kind INTEGER,
  last_token INTEGER NOT NULL, first_reader TEXT NOT NULL, final_reader TEXT NOT NULL, signed_token INTEGER NOT NULL,
  report_version INTEGER NOT NULL, report_status TEXT, acknowledged INTEGER NOT NULL, escalations INTEGER NOT NULL,
  ordered_at INTEGER, acquired_at INTEGER, received_at INTEGER, opened_at INTEGER, signed_at INTEGER,
  upload TEXT NOT NULL, registration BLOB NOT NULL,             -- ecg.v1.StudyRegistration
  analysis INTEGER NOT NULL, duration_s REAL NOT NULL, reader_name TEXT NOT NULL, created_at INTEGER NOT NULL,
  return_reason TEXT NOT NULL,
  due_at INTEGER NOT NULL);                                     -- of the next signature; orders the worklist
-- The reading order: class, deadline, arrival.
CREATE INDEX study_worklist ON study(priority, due_at, received_at, id)
  WHERE state IN ('QUEUED','REFERRED','ASSIGNED','READING','PRELIMINARY');
CREATE INDEX study_by_site ON study(site, number);
CREATE INDEX study_open ON study(site, number) WHERE state NOT IN ('CLOSED','CANCELLED','REJECTED');
CREATE INDEX study_by_holder ON study(lease_holder) WHERE lease_holder IS NOT NULL;
CREATE INDEX study_by_first_reader ON study(first_reader, number);
CREATE INDEX study_by_final_reader ON study(final_reader, number);
CREATE INDEX study_received ON study(received_at);
CREATE INDEX study_created ON study(site, created_at);

CREATE TABLE critical(
  study TEXT PRIMARY KEY, site TEXT NOT NULL, tier TEXT NOT NULL, state TEXT NOT NULL, confirmed INTEGER NOT NULL,
  detected_at INTEGER NOT NULL, confirmed_at INTEGER, notified_at INTEGER, acknowledged_at INTEGER,
  handled_at INTEGER, closed_at INTEGER, codes TEXT NOT NULL,   -- separated by one space
  text TEXT NOT NULL, confirmed_by TEXT NOT NULL, confirmed_by_name TEXT NOT NULL, acknowledged_by TEXT NOT NULL,
  read_back TEXT NOT NULL, action TEXT NOT NULL);
CREATE INDEX critical_open ON critical(detected_at) WHERE state NOT IN ('CLOSED','REFUTED');

CREATE TABLE analysis(
  study TEXT NOT NULL, attempt INTEGER NOT NULL, analysis BLOB NOT NULL,  -- ecg.v1.Analysis
  at INTEGER NOT NULL, PRIMARY KEY(study, attempt));

CREATE TABLE draft(
  study TEXT PRIMARY KEY, author TEXT NOT NULL, draft BLOB NOT NULL,      -- ecg.v1.Draft
  revision INTEGER NOT NULL, saved_at INTEGER NOT NULL);

-- Reports and deliveries --------------------------------------------------------------------------------------------
CREATE TABLE report(
  study TEXT NOT NULL, version INTEGER NOT NULL, site TEXT NOT NULL, status TEXT NOT NULL, signer TEXT NOT NULL,
  signed_at INTEGER NOT NULL, report BLOB NOT NULL,             -- ecg.v1.Report as signed
  delivery TEXT NOT NULL, pending_since INTEGER NOT NULL, delivered_at INTEGER, acknowledged_at INTEGER,
  acknowledged_by TEXT NOT NULL, opened_by TEXT NOT NULL, PRIMARY KEY(study, version));
CREATE INDEX report_undelivered ON report(study) WHERE delivery = 'PENDING';

-- Apart, so that lists of reports do not walk through them.
CREATE TABLE report_pdf(study TEXT NOT NULL, version INTEGER NOT NULL, pdf BLOB NOT NULL, PRIMARY KEY(study, version));

CREATE TABLE delivery(
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, site TEXT NOT NULL, kind INTEGER NOT NULL, study TEXT NOT NULL,
  version INTEGER NOT NULL, item BLOB NOT NULL, created_at INTEGER NOT NULL, stored_at INTEGER);
CREATE INDEX delivery_pending ON delivery(site, number) WHERE stored_at IS NULL;

-- Outbox, timers, audit ---------------------------------------------------------------------------------------------
CREATE TABLE event(
  seq INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL, study TEXT NOT NULL, site TEXT NOT NULL,
  at INTEGER NOT NULL, effect TEXT NOT NULL, version INTEGER NOT NULL);
CREATE TABLE position(stage TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE timer(kind TEXT NOT NULL, study TEXT NOT NULL, due_at INTEGER NOT NULL, PRIMARY KEY(kind, study))
  WITHOUT ROWID;
CREATE INDEX timer_due ON timer(due_at);

CREATE TABLE audit(
  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, study TEXT NOT NULL,
  site TEXT NOT NULL, place TEXT NOT NULL, outcome TEXT NOT NULL, detail TEXT NOT NULL,
  previous_hash BLOB NOT NULL, hash BLOB NOT NULL);
CREATE INDEX audit_by_study ON audit(study);
CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_never_shrinks BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
)sql";

constexpr std::string_view kVersion2 = R"sql(
ALTER TABLE upload ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
CREATE INDEX upload_to_archive ON upload(closed_at) WHERE state = 1 AND archived = 0;
)sql";

constexpr std::array kSteps = {sqlite::Migration{kVersion1}, sqlite::Migration{kVersion2}};

}  // namespace

std::span<const sqlite::Migration> schema() {
  return kSteps;
}

}  // namespace ecg::store
