// Snapshot and Transaction over one SQLite connection. The rows of each subject are in a file of their own:
// *_rows.cc.
#pragma once

#include <cstdint>

#include "common/sqlite/database.h"
#include "server/store/store.h"

namespace ecg::store {

class SqliteSnapshot : public virtual Snapshot {
 public:
  // The caller has begun a transaction on the connection and keeps both alive.
  explicit SqliteSnapshot(sqlite::Database& database) : database_(database) {}

  Result<std::optional<SiteRecord>> find_site(const SiteId& id) const override;
  Result<std::vector<SiteRecord>> sites() const override;
  Result<std::optional<GatewayRecord>> find_gateway(const GatewayId& id) const override;
  Result<std::optional<GatewayRecord>> find_gateway_by_certificate(const std::string& sha256) const override;
  Result<std::vector<GatewayRecord>> gateways() const override;
  Result<std::optional<EnrolmentCodeRecord>> find_enrolment_code(
      const std::string& secret_sha256) const override;
  Result<std::optional<PersonRecord>> find_person(const PersonId& id) const override;
  Result<std::optional<PersonRecord>> find_person_by_user_name(const std::string& user_name) const override;
  Result<std::vector<PersonRecord>> people() const override;
  Result<std::optional<SessionRecord>> find_session(const std::string& token_sha256) const override;
  Result<std::uint32_t> sessions_seen_since(Timestamp since, std::uint32_t roles) const override;
  Result<FailedTriesRecord> failed_tries(const std::string& key) const override;
  Result<std::optional<UploadRecord>> find_upload(const UploadId& id) const override;
  Result<std::vector<UploadRecord>> uploads_of_study(const StudyId& study) const override;
  Result<std::uint32_t> open_uploads(const GatewayId& gateway) const override;
  Result<std::vector<UploadRecord>> uploads_to_archive(Timestamp closed_before,
                                                       std::size_t limit) const override;
  Result<std::vector<UploadRecord>> quarantined_uploads(std::size_t limit) const override;
  Result<void> read_blocks(const UploadId& id,
                           const std::function<Result<void>(const BlockRecord&)>& each) const override;
  Result<std::optional<StudyRecord>> find_study(const StudyId& id) const override;
  Result<WorklistPage> worklist(const WorklistQuery& query) const override;
  Result<std::vector<StudyRecord>> studies(const StudiesQuery& query) const override;
  Result<std::vector<StudyRecord>> studies_of_reader(const PersonId& reader, Timestamp since,
                                                     std::size_t limit) const override;
  Result<std::vector<StudyRecord>> open_studies(const SiteId& site, std::size_t limit) const override;
  Result<std::optional<CriticalRecord>> find_critical(const StudyId& study) const override;
  Result<std::vector<CriticalRecord>> open_criticals(std::size_t limit) const override;
  Result<std::optional<AnalysisRecord>> find_analysis(const StudyId& study) const override;
  Result<std::optional<DraftRecord>> find_draft(const StudyId& study) const override;
  Result<std::optional<ReportRecord>> find_report(const StudyId& study, int version,
                                                  PdfChoice pdf) const override;
  Result<std::vector<ReportRecord>> reports(const StudyId& study) const override;
  Result<std::vector<ReportRecord>> reports_without_pdf(std::size_t limit) const override;
  Result<std::optional<DeliveryRecord>> find_delivery(const std::string& id) const override;
  Result<std::vector<DeliveryRecord>> pending_deliveries(const SiteId& site,
                                                         std::size_t limit) const override;
  Result<std::vector<EventRecord>> events_after(std::uint64_t seq, std::size_t limit) const override;
  Result<std::uint64_t> last_event() const override;
  Result<std::uint64_t> position(const std::string& stage) const override;
  Result<std::vector<TimerRecord>> due_timers(Timestamp now, std::size_t limit) const override;
  Result<std::optional<Timestamp>> next_timer_at() const override;
  Result<std::vector<AuditRecord>> audit_after(std::uint64_t seq, std::size_t limit) const override;
  Result<std::optional<AuditRecord>> last_audit() const override;
  Result<std::optional<std::string>> setting(const std::string& name) const override;
  Result<std::vector<QueueFigures>> queue_figures() const override;
  Result<std::vector<TurnaroundSample>> turnaround_since(Timestamp since) const override;
  Result<std::uint32_t> studies_since(const SiteId& site, Timestamp since) const override;
  Result<OpenCritical> open_critical_figures() const override;
  Result<std::uint32_t> undelivered_reports() const override;
  Result<std::uint64_t> study_count() const override;

 protected:
  sqlite::Statement prepare(std::string_view sql) const { return database_.prepare(sql); }
  sqlite::Database& database_;
};

class SqliteTransaction final : public SqliteSnapshot, public Transaction {
 public:
  explicit SqliteTransaction(sqlite::Database& database) : SqliteSnapshot(database) {}

  Result<void> put_site(const SiteRecord& site) override;
  Result<void> put_gateway(const GatewayRecord& gateway) override;
  Result<void> put_heartbeat(const GatewayId& gateway, Timestamp at, const std::string& heartbeat) override;
  Result<void> put_enrolment_code(const EnrolmentCodeRecord& code) override;
  Result<void> end_enrolment_codes(const SiteId& site) override;
  Result<void> put_person(const PersonRecord& person) override;
  Result<void> put_session(const SessionRecord& session) override;
  Result<void> erase_session(const std::string& token_sha256) override;
  Result<void> erase_sessions_of(const PersonId& person) override;
  Result<void> erase_sessions_expired(Timestamp now) override;
  Result<void> put_failed_tries(const FailedTriesRecord& tries) override;
  Result<void> put_upload(const UploadRecord& upload) override;
  Result<void> append_block(const UploadId& upload, const BlockRecord& block) override;
  Result<void> archive_upload(const UploadId& upload, const std::vector<BlockRecord>& blocks) override;
  Result<void> put_study(const StudyRecord& study) override;
  Result<void> put_critical(const CriticalRecord& critical) override;
  Result<void> put_analysis(const AnalysisRecord& analysis) override;
  Result<void> put_draft(const DraftRecord& draft) override;
  Result<void> erase_draft(const StudyId& study) override;
  Result<void> add_report(const ReportRecord& report) override;
  Result<void> put_report_pdf(const StudyId& study, int version, const std::string& pdf) override;
  Result<void> put_report_delivery(const StudyId& study, int version, const domain::Delivery& delivery,
                                   const std::string& opened_by) override;
  Result<void> put_delivery(const DeliveryRecord& delivery) override;
  Result<void> append_event(const EventRecord& event) override;
  Result<void> put_position(const std::string& stage, std::uint64_t seq) override;
  Result<void> erase_events_before(std::uint64_t seq) override;
  Result<void> put_timer(const TimerRecord& timer) override;
  Result<void> erase_timer(const std::string& kind, const StudyId& study) override;
  Result<void> append_audit(const AuditRecord& record) override;
  Result<void> put_setting(const std::string& name, const std::string& value) override;

  std::uint64_t appended_event() const { return appended_event_; }  // seq of the last one; 0 = none

 private:
  Result<void> insert_block(const UploadId& id, const BlockRecord& block);
  std::uint64_t appended_event_ = 0;
};

}  // namespace ecg::store
