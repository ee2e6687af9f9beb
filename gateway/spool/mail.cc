#include "gateway/spool/mail.h"

#include "common/base/clock.h"
#include "gateway/spool/rows.h"

namespace ecg::spool {
namespace {

Timestamp to_time(const google::protobuf::Timestamp& t) {
  return from_micros(t.seconds() * 1'000'000 + t.nanos() / 1000);
}

Result<void> queue_outgoing(sqlite::Database& database, const ecg::v1::GatewayMessage& message) {
  const std::string bytes = message.SerializeAsString();
  return database.prepare("INSERT INTO outgoing(message) VALUES(?)").bind(sqlite::Blob{bytes}).run();
}

// A gateway that took another one's place knows nothing of the studies that one sent; what comes back for
// them must be seen all the same.
Result<void> make_known(sqlite::Database& database, const std::string& study_id, Timestamp now) {
  if (study_id.empty()) return {};
  ecg::v1::StudyRegistration registration;
  registration.set_study_id(study_id);
  registration.set_attempt(1);
  const std::string bytes = registration.SerializeAsString();
  return database
      .prepare(
          "INSERT INTO studies(study_id, registration, phase, priority, patient_id, attempt, created_at) "
          "VALUES(?, ?, ?, ?, '', 1, ?) ON CONFLICT DO NOTHING")
      .bind(study_id, sqlite::Blob{bytes}, Phase::kConfirmed, ecg::v1::PRIORITY_URGENT, now)
      .run();
}

}  // namespace

Result<void> store_progress(Spool& spool, const ecg::v1::StudyProgress& progress) {
  return spool.write([progress](sqlite::Database& database) {
    const std::string bytes = progress.SerializeAsString();
    return database.prepare("UPDATE studies SET progress = ? WHERE study_id = ?")
        .bind(sqlite::Blob{bytes}, progress.study_id())
        .run();
  });
}

Result<void> store_report(Spool& spool, const ecg::v1::DeliveredReport& delivered) {
  return spool.write([delivered, now = spool.clock().now()](sqlite::Database& database) -> Result<void> {
    ECG_TRY(make_known(database, delivered.report().study_id(), now));
    const std::string report = delivered.report().SerializeAsString();
    return database
        .prepare(
            "INSERT INTO reports(study_id, version, report, pdf, received_at) VALUES(?, ?, ?, ?, ?) "
            "ON CONFLICT(study_id, version) DO UPDATE SET report = excluded.report, pdf = excluded.pdf "
            "WHERE length(reports.pdf) = 0 AND length(excluded.pdf) > 0")
        .bind(delivered.report().study_id(), delivered.report().version(), sqlite::Blob{report},
              sqlite::Blob{delivered.pdf()}, now)
        .run();
  });
}

Result<void> store_critical(Spool& spool, const ecg::v1::CriticalNotice& notice) {
  return spool.write([notice, now = spool.clock().now()](sqlite::Database& database) -> Result<void> {
    ECG_TRY(make_known(database, notice.study_id(), now));
    const std::string bytes = notice.SerializeAsString();
    // The same notice again keeps its acknowledgement; other codes or another state ask again.
    return database
        .prepare(
            "UPDATE studies SET critical = ?1, critical_received_at = ?2, critical_acknowledged_at = 0 "
            "WHERE study_id = ?3 AND critical <> ?1")
        .bind(sqlite::Blob{bytes}, now, notice.study_id())
        .run();
  });
}

Result<ecg::v1::DeliveredReport> load_report(Spool& spool, const std::string& study_id,
                                             std::uint32_t version) {
  return spool.read([&](sqlite::Database& database) -> Result<ecg::v1::DeliveredReport> {
    auto query = database.prepare(
        "SELECT report, pdf FROM reports WHERE study_id = ?1 AND (version = ?2 OR ?2 = 0) ORDER BY version "
        "DESC LIMIT 1");
    query.bind(study_id, version);
    ECG_ASSIGN(const bool found, query.step());
    if (!found) return Error{ErrorCode::kNotFound, "report of study " + study_id};
    ecg::v1::DeliveredReport out;
    ECG_ASSIGN(*out.mutable_report(), parse<ecg::v1::Report>(query.blob_view(0), "report of " + study_id));
    out.set_pdf(query.blob(1));
    return out;
  });
}

Result<void> note_report_opened(Spool& spool, const ecg::v1::ReportOpened& opened) {
  return spool.write([opened](sqlite::Database& database) -> Result<void> {
    auto query = database.prepare("SELECT opened_at FROM reports WHERE study_id = ? AND version = ?");
    query.bind(opened.study_id(), opened.version());
    ECG_ASSIGN(const bool found, query.step());
    if (!found) return Error{ErrorCode::kNotFound, "report of study " + opened.study_id()};
    if (query.integer(0) != 0) return {};
    ECG_TRY(
        database.prepare("UPDATE reports SET opened_at = ?, opened_by = ? WHERE study_id = ? AND version = ?")
            .bind(to_time(opened.at()), opened.person(), opened.study_id(), opened.version())
            .run());
    ecg::v1::GatewayMessage message;
    *message.mutable_report_opened() = opened;
    return queue_outgoing(database, message);
  });
}

Result<void> acknowledge_critical(Spool& spool, const ecg::v1::CriticalAcknowledged& acknowledged) {
  return spool.write([acknowledged](sqlite::Database& database) -> Result<void> {
    ECG_TRY(
        database
            .prepare(
                "UPDATE studies SET critical_acknowledged_at = ? WHERE study_id = ? AND length(critical) > 0")
            .bind(to_time(acknowledged.at()), acknowledged.study_id())
            .run());
    if (database.changes() == 0)
      return Error{ErrorCode::kNotFound, "critical notice of " + acknowledged.study_id()};
    ecg::v1::GatewayMessage message;
    *message.mutable_critical_acknowledged() = acknowledged;
    return queue_outgoing(database, message);
  });
}

Result<std::vector<Outgoing>> list_outgoing(Spool& spool, std::int64_t after_id, std::size_t limit) {
  return spool.read([&](sqlite::Database& database) -> Result<std::vector<Outgoing>> {
    std::vector<Outgoing> all;
    auto query = database.prepare("SELECT id, message FROM outgoing WHERE id > ? ORDER BY id LIMIT ?");
    query.bind(after_id, limit);
    while (true) {
      ECG_ASSIGN(const bool more, query.step());
      if (!more) return all;
      ECG_ASSIGN(auto message, parse<ecg::v1::GatewayMessage>(query.blob_view(1), "outgoing message"));
      all.push_back({query.integer(0), std::move(message)});
    }
  });
}

Result<void> outgoing_heard(Spool& spool, std::int64_t id) {
  return spool.write([id](sqlite::Database& database) {
    return database.prepare("DELETE FROM outgoing WHERE id <= ?").bind(id).run();
  });
}

}  // namespace ecg::spool
