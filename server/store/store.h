// The one door to what the center keeps. Verbs of the domain, no SQL; a second engine implements the same
// three classes and passes the same conformance suite (tests/unit/server/store).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/limits.h"
#include "common/base/result.h"
#include "server/store/records.h"

namespace ecg::store {

struct WorklistQuery {
  bool waiting = true;      // QUEUED, REFERRED
  bool being_read = true;   // ASSIGNED, READING
  bool to_confirm = false;  // PRELIMINARY
  SiteId site;              // empty: all
  std::size_t limit = limits::kWorklistPageMax;
};
struct WorklistPage {
  std::vector<StudyRecord> studies;  // in reading order (domain/worklist_order.h)
  std::uint64_t total = 0;           // may exceed the rows
};

struct StudiesQuery {
  SiteId site;                               // empty: all
  std::vector<domain::StudyState> states;    // empty: all
  std::uint64_t before_number = UINT64_MAX;  // page on with the number of the last row
  std::size_t limit = 100;
};

enum class PdfChoice : std::uint8_t { kWithout, kWith };

// A consistent view: everything read from one Snapshot is of one moment. Errors of every read: kNotFound
// where one thing is asked for by a function that does not answer optional; kStorageFailed, kStorageDamaged.
class Snapshot {
 public:
  virtual ~Snapshot() = default;

  virtual Result<std::optional<SiteRecord>> find_site(const SiteId& id) const = 0;
  virtual Result<std::vector<SiteRecord>> sites() const = 0;
  virtual Result<std::optional<GatewayRecord>> find_gateway(const GatewayId& id) const = 0;
  // sha256: 32 bytes of the certificate in DER. Revoked ones are found too.
  virtual Result<std::optional<GatewayRecord>> find_gateway_by_certificate(
      const std::string& sha256) const = 0;
  virtual Result<std::vector<GatewayRecord>> gateways() const = 0;
  virtual Result<std::optional<EnrolmentCodeRecord>> find_enrolment_code(
      const std::string& secret_sha256) const = 0;

  virtual Result<std::optional<PersonRecord>> find_person(const PersonId& id) const = 0;
  virtual Result<std::optional<PersonRecord>> find_person_by_user_name(
      const std::string& user_name) const = 0;
  virtual Result<std::vector<PersonRecord>> people() const = 0;
  virtual Result<std::optional<SessionRecord>> find_session(const std::string& token_sha256) const = 0;
  virtual Result<std::uint32_t> sessions_seen_since(Timestamp since,
                                                    std::uint32_t roles) const = 0;  // people with a role
  virtual Result<FailedTriesRecord> failed_tries(const std::string& key) const = 0;  // count 0: none

  virtual Result<std::optional<UploadRecord>> find_upload(const UploadId& id) const = 0;
  virtual Result<std::vector<UploadRecord>> uploads_of_study(const StudyId& study) const = 0;  // oldest first
  virtual Result<std::uint32_t> open_uploads(const GatewayId& gateway) const = 0;
  // Closed before that moment and not archived yet, oldest first.
  virtual Result<std::vector<UploadRecord>> uploads_to_archive(Timestamp closed_before,
                                                               std::size_t limit) const = 0;
  virtual Result<std::vector<UploadRecord>> quarantined_uploads(std::size_t limit) const = 0;  // newest first
  // Calls each for every block in order of frames; an error from it ends the reading and is answered.
  // kStorageDamaged when a block's checksum does not match; the blocks before it were delivered.
  virtual Result<void> read_blocks(const UploadId& id,
                                   const std::function<Result<void>(const BlockRecord&)>& each) const = 0;

  virtual Result<std::optional<StudyRecord>> find_study(const StudyId& id) const = 0;
  virtual Result<WorklistPage> worklist(const WorklistQuery& query) const = 0;
  virtual Result<std::vector<StudyRecord>> studies(const StudiesQuery& query) const = 0;  // newest first
  // Leases of this reader, and what they signed since then; newest first.
  virtual Result<std::vector<StudyRecord>> studies_of_reader(const PersonId& reader, Timestamp since,
                                                             std::size_t limit) const = 0;
  // Not CLOSED, CANCELLED or REJECTED, of one site, newest first.
  virtual Result<std::vector<StudyRecord>> open_studies(const SiteId& site, std::size_t limit) const = 0;
  virtual Result<std::optional<CriticalRecord>> find_critical(const StudyId& study) const = 0;
  virtual Result<std::vector<CriticalRecord>> open_criticals(std::size_t limit) const = 0;  // oldest first
  virtual Result<std::optional<AnalysisRecord>> find_analysis(
      const StudyId& study) const = 0;  // newest attempt
  virtual Result<std::optional<DraftRecord>> find_draft(const StudyId& study) const = 0;

  virtual Result<std::optional<ReportRecord>> find_report(const StudyId& study, int version,  // 0: newest
                                                          PdfChoice pdf) const = 0;
  virtual Result<std::vector<ReportRecord>> reports(
      const StudyId& study) const = 0;  // oldest first, without PDFs
  virtual Result<std::vector<ReportRecord>> reports_without_pdf(std::size_t limit) const = 0;  // oldest first
  virtual Result<std::optional<DeliveryRecord>> find_delivery(const std::string& id) const = 0;
  virtual Result<std::vector<DeliveryRecord>> pending_deliveries(const SiteId& site,  // critical ones first
                                                                 std::size_t limit) const = 0;

  virtual Result<std::vector<EventRecord>> events_after(std::uint64_t seq, std::size_t limit) const = 0;
  virtual Result<std::uint64_t> last_event() const = 0;
  // Up to which event a stage has done its work; 0 = none.
  virtual Result<std::uint64_t> position(const std::string& stage) const = 0;
  virtual Result<std::vector<TimerRecord>> due_timers(Timestamp now,
                                                      std::size_t limit) const = 0;  // earliest first
  virtual Result<std::optional<Timestamp>> next_timer_at() const = 0;
  virtual Result<std::vector<AuditRecord>> audit_after(std::uint64_t seq, std::size_t limit) const = 0;
  virtual Result<std::optional<AuditRecord>> last_audit() const = 0;
  virtual Result<std::optional<std::string>> setting(const std::string& name) const = 0;

  virtual Result<std::vector<QueueFigures>> queue_figures() const = 0;  // one per priority, most urgent first
  virtual Result<std::vector<TurnaroundSample>> turnaround_since(Timestamp since) const = 0;
  virtual Result<std::uint32_t> studies_since(const SiteId& site, Timestamp since) const = 0;  // by arrival
  virtual Result<OpenCritical> open_critical_figures() const = 0;
  virtual Result<std::uint32_t> undelivered_reports()
      const = 0;  // newest versions not yet stored at the clinic
  virtual Result<std::uint64_t> study_count() const = 0;
};

// Writes; reads see what was written before in the same transaction. put_ makes or replaces by identity.
class Transaction : public virtual Snapshot {
 public:
  virtual Result<void> put_site(const SiteRecord& site) = 0;
  virtual Result<void> put_gateway(const GatewayRecord& gateway) = 0;
  virtual Result<void> put_heartbeat(const GatewayId& gateway, Timestamp at,
                                     const std::string& heartbeat) = 0;
  virtual Result<void> put_enrolment_code(const EnrolmentCodeRecord& code) = 0;
  virtual Result<void> end_enrolment_codes(const SiteId& site) = 0;

  virtual Result<void> put_person(
      const PersonRecord& person) = 0;  // kAlreadyDone: another has this user name
  virtual Result<void> put_session(const SessionRecord& session) = 0;
  virtual Result<void> erase_session(const std::string& token_sha256) = 0;
  virtual Result<void> erase_sessions_of(const PersonId& person) = 0;
  virtual Result<void> erase_sessions_expired(Timestamp now) = 0;
  virtual Result<void> put_failed_tries(const FailedTriesRecord& tries) = 0;  // count 0 forgets

  virtual Result<void> put_upload(const UploadRecord& upload) = 0;
  // Adds the block at the end of an open upload and moves its durable_frames.
  // Errors: kUploadOffsetMismatch (it does not continue the upload), kUploadClosed, kNotFound.
  virtual Result<void> append_block(const UploadId& upload, const BlockRecord& block) = 0;
  // Puts other blocks with the same samples in place of those of a closed upload; none: it stays as it is.
  // Either way uploads_to_archive() does not name it again. Errors: kUploadOffsetMismatch (not all frames, or
  // not in order), kNotFound (no such upload, or it is not closed).
  virtual Result<void> archive_upload(const UploadId& upload, const std::vector<BlockRecord>& blocks) = 0;

  // Also keeps the worklist order and the study's timer (domain/timers.h), both by domain::default_policy().
  virtual Result<void> put_study(const StudyRecord& study) = 0;
  virtual Result<void> put_critical(const CriticalRecord& critical) = 0;
  virtual Result<void> put_analysis(const AnalysisRecord& analysis) = 0;
  virtual Result<void> put_draft(const DraftRecord& draft) = 0;
  virtual Result<void> erase_draft(const StudyId& study) = 0;

  virtual Result<void> add_report(const ReportRecord& report) = 0;  // kAlreadyDone: the version exists
  virtual Result<void> put_report_pdf(const StudyId& study, int version, const std::string& pdf) = 0;
  virtual Result<void> put_report_delivery(const StudyId& study, int version,
                                           const domain::Delivery& delivery,
                                           const std::string& opened_by) = 0;
  virtual Result<void> put_delivery(const DeliveryRecord& delivery) = 0;

  virtual Result<void> append_event(const EventRecord& event) = 0;  // seq is given by the store
  virtual Result<void> put_position(const std::string& stage, std::uint64_t seq) = 0;
  virtual Result<void> erase_events_before(std::uint64_t seq) = 0;
  virtual Result<void> put_timer(const TimerRecord& timer) = 0;  // one per (kind, study)
  virtual Result<void> erase_timer(const std::string& kind, const StudyId& study) = 0;
  virtual Result<void> append_audit(
      const AuditRecord& record) = 0;  // through server/audit only, which chains it
  virtual Result<void> put_setting(const std::string& name, const std::string& value) = 0;
};

struct Verification {
  std::uint64_t studies = 0, uploads = 0, blocks = 0, bytes = 0;
  std::vector<UploadId> damaged;  // recordings with a block that does not match its checksum or is missing
};

struct StoreFigures {
  std::uint64_t commits = 0, changes = 0;
  std::size_t waiting = 0;  // changes not yet written
};

class Store {
 public:
  using Change = std::function<Result<void>(Transaction&)>;
  using Done = std::function<void(Result<void>)>;
  using Reading = std::function<Result<void>(const Snapshot&)>;
  using Listener = std::function<void(std::uint64_t last_event)>;

  virtual ~Store() = default;

  // Queues a change; never blocks. It runs on the writer's thread, may be gathered with others into one
  // commit, and is undone alone when it answers an error. done is called once, after the commit is on stable
  // storage, on the writer's thread: keep it short. Messages are serialised and parsed before, not inside.
  // Errors: kOverloaded, kStorageFull (both with retry_after_ms), kStorageFailed (the program is about to
  // stop), kShuttingDown, or what the change answered. Any thread.
  virtual void write(Change change, Done done) = 0;
  // write() and waits. Not from a Change, Done or Listener.
  virtual Result<void> write_wait(Change change) = 0;
  // Runs on the caller's thread with one of a few reading connections; waits for a free one. Not nested.
  virtual Result<void> read(const Reading& reading) const = 0;

  // Called on the writer's thread after every commit that appended events; a wake-up, not the events. Before
  // unsubscribe() returns, a call under way has ended (not from a Listener).
  virtual std::uint64_t subscribe(Listener listener) = 0;
  virtual void unsubscribe(std::uint64_t subscription) = 0;

  // Random name of this center's history; a restore from a backup gives another.
  virtual std::string center_epoch() const = 0;
  // A consistent copy made while the store is in use. Absolute path. Errors: kFileExists, kStorageFull,
  // kOverloaded.
  virtual Result<void> backup(const std::string& path) = 0;
  // Reads every stored block and checks it.
  virtual Result<Verification> verify() const = 0;
  virtual StoreFigures figures() const = 0;
};

}  // namespace ecg::store
