#include "gateway/spool/studies.h"

#include "gateway/spool/changes.h"
#include "gateway/spool/study_rows.h"

namespace ecg::spool {
namespace {

Error refused(const StudyId& study, const char* why) {
  return {ErrorCode::kEventRefused, "study " + study.value, why};
}

std::int64_t upload_order(ecg::v1::Priority priority) {
  return priority == ecg::v1::PRIORITY_UNSPECIFIED ? ecg::v1::PRIORITY_URGENT : priority;
}

Result<void> set_phase(sqlite::Database& database, const StudyId& study, Phase phase) {
  return database.prepare("UPDATE studies SET phase = ? WHERE study_id = ?").bind(phase, study).run();
}

Result<void> decide(sqlite::Database& database, const StudyId& study, bool send) {
  auto update = database.prepare(
      send ? "UPDATE recordings SET disposition = CASE partial WHEN 0 THEN 1 ELSE 2 END, next_try_at = 0 "
             "WHERE upload_id = (SELECT upload_id FROM studies WHERE study_id = ?)"
           : "UPDATE recordings SET disposition = 3, next_try_at = 0 "
             "WHERE upload_id = (SELECT upload_id FROM studies WHERE study_id = ?)");
  return update.bind(study).run();
}

Result<ecg::v1::StudyRegistration> registration_of(sqlite::Database& database, const StudyId& study) {
  auto query = database.prepare("SELECT registration FROM studies WHERE study_id = ?");
  query.bind(study);
  ECG_ASSIGN(const bool found, query.step());
  if (!found) return Error{ErrorCode::kNotFound, "study " + study.value};
  return parse<ecg::v1::StudyRegistration>(query.blob_view(0), "registration of " + study.value);
}

// The center has looked at the recording and wants another one. False for an unknown study.
Result<bool> center_asks_for_retake(sqlite::Database& database, const StudyId& study) {
  auto query = database.prepare("SELECT progress FROM studies WHERE study_id = ? AND length(progress) > 0");
  query.bind(study);
  ECG_ASSIGN(const bool found, query.step());
  if (!found) return false;
  ECG_ASSIGN(const auto progress,
             parse<ecg::v1::StudyProgress>(query.blob_view(0), "progress of " + study.value));
  return progress.state() == ecg::v1::STUDY_STATE_RETAKE;
}

// The same study without a recording, as at its registration.
Result<void> begin_next_attempt(sqlite::Database& database, const StudyId& study) {
  ECG_ASSIGN(auto registration, registration_of(database, study));
  registration.set_attempt(registration.attempt() + 1);
  registration.clear_acquired_at();
  const std::string bytes = registration.SerializeAsString();
  return database
      .prepare(
          "UPDATE studies SET phase = ?, upload_id = '', registration = ?, attempt = ? WHERE study_id = ?")
      .bind(Phase::kRegistered, sqlite::Blob{bytes}, registration.attempt(), study)
      .run();
}

}  // namespace

namespace change {

Result<void> register_study(sqlite::Database& database, const ecg::v1::StudyRegistration& registration,
                            Timestamp now) {
  const StudyId study(registration.study_id());
  const auto phase = phase_of(database, study);
  if (phase.ok() && *phase != Phase::kRegistered) {
    ECG_ASSIGN(const bool asked, center_asks_for_retake(database, study));
    if (*phase != Phase::kConfirmed || !asked) return refused(study, "it has a recording, or is cancelled");
    ECG_TRY(begin_next_attempt(database, study));
  }
  ecg::v1::StudyRegistration stored = registration;
  if (phase.ok()) {
    ECG_ASSIGN(const auto before, registration_of(database, study));
    stored.set_attempt(before.attempt());
  }
  const std::string bytes = stored.SerializeAsString();
  const std::string patient = stored.patient().id();
  auto upsert = database.prepare(
      "INSERT INTO studies(study_id, registration, phase, priority, patient_id, attempt, created_at) "
      "VALUES(?1, ?2, 1, ?3, ?4, ?5, ?6) ON CONFLICT(study_id) DO UPDATE SET "
      "registration = ?2, priority = ?3, patient_id = ?4");
  return upsert
      .bind(study, sqlite::Blob{bytes}, upload_order(stored.priority()), patient, stored.attempt(), now)
      .run();
}

Result<void> begin_recording(sqlite::Database& database, const NewRecording& recording) {
  ECG_ASSIGN(const Phase phase, phase_of(database, recording.study_id));
  if (phase != Phase::kRegistered) return refused(recording.study_id, "it has a recording, or is cancelled");
  ECG_ASSIGN(auto registration, registration_of(database, recording.study_id));
  const std::int64_t us = to_micros(recording.begun_at);
  registration.mutable_acquired_at()->set_seconds(us / 1'000'000);
  registration.mutable_acquired_at()->set_nanos(static_cast<std::int32_t>(us % 1'000'000) * 1000);
  registration.set_clock_offset_ms(recording.clock_offset_ms);
  registration.set_clock_uncertainty_ms(recording.clock_uncertainty_ms);
  const std::string bytes = registration.SerializeAsString();
  const std::string format = recording.format.SerializeAsString();
  ECG_TRY(database
              .prepare("INSERT INTO recordings(upload_id, study_id, attempt, format, registration, begun_at, "
                       "wanted_frames, send_when_done) VALUES(?, ?, ?, ?, ?, ?, ?, ?)")
              .bind(recording.upload_id, recording.study_id, registration.attempt(), sqlite::Blob{format},
                    sqlite::Blob{bytes}, recording.begun_at, recording.wanted_frames,
                    recording.send_when_done ? 1 : 0)
              .run());
  return database.prepare("UPDATE studies SET phase = ?, upload_id = ?, registration = ? WHERE study_id = ?")
      .bind(Phase::kAcquiring, recording.upload_id, sqlite::Blob{bytes}, recording.study_id)
      .run();
}

}  // namespace change

Result<void> register_study(Spool& spool, const ecg::v1::StudyRegistration& registration) {
  return spool.write([registration, now = spool.clock().now()](sqlite::Database& database) {
    return change::register_study(database, registration, now);
  });
}

Result<void> begin_recording(Spool& spool, const NewRecording& recording) {
  ECG_TRY(spool.require_room());
  return spool.write(
      [recording](sqlite::Database& database) { return change::begin_recording(database, recording); });
}

Result<void> send_study(Spool& spool, const StudyId& study) {
  return spool.write([study](sqlite::Database& database) -> Result<void> {
    ECG_ASSIGN(const Phase phase, phase_of(database, study));
    if (phase == Phase::kConfirmed) return {};
    if (phase == Phase::kSent) return decide(database, study, true);
    if (phase != Phase::kAwaitingDecision) return refused(study, "there is no finished recording to send");
    ECG_TRY(decide(database, study, true));
    return set_phase(database, study, Phase::kSent);
  });
}

Result<void> retake_study(Spool& spool, const StudyId& study) {
  return spool.write([study](sqlite::Database& database) -> Result<void> {
    ECG_ASSIGN(const Phase phase, phase_of(database, study));
    ECG_ASSIGN(const bool asked, center_asks_for_retake(database, study));
    if (phase == Phase::kConfirmed && asked) return begin_next_attempt(database, study);
    if (phase != Phase::kAwaitingDecision)
      return refused(study, "there is no recording waiting for a decision");
    ECG_TRY(decide(database, study, false));
    return begin_next_attempt(database, study);
  });
}

Result<void> cancel_study(Spool& spool, const StudyId& study) {
  return spool.write([study](sqlite::Database& database) -> Result<void> {
    ECG_ASSIGN(const Phase phase, phase_of(database, study));
    if (phase == Phase::kCancelled) return {};
    ECG_ASSIGN(const bool asked, center_asks_for_retake(database, study));
    if (asked && (phase == Phase::kConfirmed || phase == Phase::kRegistered)) return {};
    if (phase != Phase::kRegistered) return refused(study, "there is a recording; it is never thrown away");
    return set_phase(database, study, Phase::kCancelled);
  });
}

Result<StudyRow> find_study(Spool& spool, const StudyId& study) {
  return spool.read([&](sqlite::Database& database) -> Result<StudyRow> {
    auto query = database.prepare("SELECT " + kStudyColumns + " FROM studies WHERE study_id = ?");
    query.bind(study);
    ECG_ASSIGN(const bool found, query.step());
    if (!found) return Error{ErrorCode::kNotFound, "study " + study.value};
    return study_from(database, query);
  });
}

Result<std::vector<StudyRow>> list_studies(Spool& spool, Timestamp since, std::size_t limit) {
  return spool.read([&](sqlite::Database& database) -> Result<std::vector<StudyRow>> {
    std::vector<StudyRow> rows;
    // Unfinished: no decision yet, on its way, or a report still to come.
    auto query =
        database.prepare("SELECT " + kStudyColumns +
                         " FROM studies AS s WHERE phase <> 6 AND (created_at >= ? OR phase IN (2, 3, 4) OR "
                         "(phase = 1 AND attempt > 1) OR "
                         "(phase = 5 AND NOT EXISTS (SELECT 1 FROM reports AS r "
                         "WHERE r.study_id = s.study_id AND r.opened_at > 0)) OR "
                         "(length(critical) > 0 AND critical_acknowledged_at = 0)) "
                         "ORDER BY created_at DESC LIMIT ?");
    query.bind(since, limit);
    while (true) {
      ECG_ASSIGN(const bool more, query.step());
      if (!more) return rows;
      ECG_ASSIGN(auto row, study_from(database, query));
      rows.push_back(std::move(row));
    }
  });
}

Result<std::optional<Timestamp>> recorded_since(Spool& spool, const std::string& patient_id, Timestamp since,
                                                const StudyId& except) {
  return spool.read([&](sqlite::Database& database) -> Result<std::optional<Timestamp>> {
    auto query = database.prepare(
        "SELECT max(r.begun_at) FROM studies AS s JOIN recordings AS r ON r.study_id = s.study_id "
        "WHERE s.patient_id = ? AND s.created_at >= ? AND s.study_id <> ? AND r.disposition <> 3");
    query.bind(patient_id, since, except);
    ECG_ASSIGN(const bool found, query.step());
    if (!found) return std::optional<Timestamp>();
    return query.optional_time(0);
  });
}

Result<Counts> count_studies(Spool& spool, Timestamp since) {
  return spool.read([&](sqlite::Database& database) -> Result<Counts> {
    Counts counts;
    auto unsent = database.prepare(
        "SELECT count(*), min(begun_at) FROM recordings "
        "WHERE confirmed_at = 0 AND disposition IN (1, 2)");
    ECG_ASSIGN(bool row, unsent.step());
    if (row) {
      counts.unsent = unsent.integer(0);
      counts.oldest_unsent_at = unsent.optional_time(1);
    }
    auto begun = database.prepare("SELECT count(DISTINCT study_id) FROM recordings WHERE begun_at >= ?");
    begun.bind(since);
    ECG_ASSIGN(row, begun.step());
    if (row) counts.studies_since = begun.integer(0);
    auto reports = database.prepare("SELECT count(*) FROM reports WHERE received_at >= ?");
    reports.bind(since);
    ECG_ASSIGN(row, reports.step());
    if (row) counts.reports_since = reports.integer(0);
    return counts;
  });
}

}  // namespace ecg::spool
