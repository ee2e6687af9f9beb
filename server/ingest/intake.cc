#include "server/ingest/intake.h"

#include <memory>
#include <utility>

#include "common/base/log.h"
#include "server/ingest/registration.h"
#include "server/store/study_change.h"

namespace ecg::ingest {

namespace {

constexpr std::int32_t kRetryWhenFullOfUploadsMs = 5000;

OpenedUpload describe(const store::UploadRecord& record, const v1::RecordingFormat& format) {
  OpenedUpload upload;
  upload.id = record.id;
  upload.study = record.study;
  upload.leads = format.leads_size();
  upload.frames_max = frames_max(format.sampling_hz());
  upload.durable_frames = record.durable_frames;
  upload.over = record.state != store::UploadState::kOpen;
  return upload;
}

// What the gateway sent, ready to be compared and stored without any work on the writer's thread.
struct Opening {
  Sender sender;
  v1::OpenUpload message;
  std::string format, registration;
  Timestamp now{};
};

Result<OpenedUpload> reopen(const store::UploadRecord& record, const Opening& opening) {
  if (record.site != opening.sender.site) return Error{ErrorCode::kWrongSite, "upload " + record.id.value};
  if (record.study.value != opening.message.study().study_id() ||
      record.attempt != attempt_of(opening.message.study()) || record.format != opening.format) {
    return Error{ErrorCode::kUploadIdReused, record.id.value};
  }
  if (record.state == store::UploadState::kQuarantined) {
    const auto* reason = facts_by_catalogue(record.reason);
    return Error{reason == nullptr ? ErrorCode::kDigestMismatch : reason->code, "upload " + record.id.value};
  }
  auto upload = describe(record, opening.message.format());
  if (upload.over && !upload.receipt.ParseFromString(record.receipt)) {
    return Error{ErrorCode::kStorageDamaged, "receipt of upload " + record.id.value};
  }
  return upload;
}

Result<store::StudyRecord> new_study(store::Transaction& transaction, const Opening& opening) {
  store::StudyRecord record;
  record.study.id = StudyId(opening.message.study().study_id());
  record.study.site = opening.sender.site;
  record.created_at = opening.now;
  ECG_ASSIGN(const auto site, transaction.find_site(opening.sender.site));
  if (site) {
    record.study.signing = site->signing;
    record.study.release_preliminary = site->release_preliminary;
  }
  return record;
}

// The study shows up at the center, or shows that it is on its way again.
Result<void> open_study(store::Transaction& transaction, const Opening& opening, const UploadId& upload) {
  const auto& registration = opening.message.study();
  ECG_ASSIGN(auto found, transaction.find_study(StudyId(registration.study_id())));
  if (found && found->study.site != opening.sender.site) {
    return Error{ErrorCode::kWrongSite, "study " + registration.study_id()};
  }
  if (!found) {
    ECG_ASSIGN(found, new_study(transaction, opening));
  }
  const auto take_over = [&](store::StudyRecord& record) {
    // What is held counts until the newer recording is complete.
    if (record.study.received_at) return;
    record.study.identity = identity_of(registration);
    record.study.attempt = attempt_of(registration);
    record.registration = opening.registration;
    record.upload = upload;
  };
  ECG_ASSIGN(const auto changed, store::change_study(transaction, std::move(*found),
                                                     opened_event(registration), opening.now, take_over));
  (void)changed;
  return {};
}

Result<OpenedUpload> open_in(store::Transaction& transaction, const Opening& opening, int uploads_max) {
  const UploadId id(opening.message.upload_id());
  ECG_ASSIGN(auto found, transaction.find_upload(id));
  if (found) {
    ECG_ASSIGN(auto upload, reopen(*found, opening));
    if (!upload.over) {
      // A gateway that was enrolled again goes on under its new name.
      if (found->gateway != opening.sender.gateway) {
        found->gateway = opening.sender.gateway;
        ECG_TRY(transaction.put_upload(*found));
      }
      ECG_TRY(open_study(transaction, opening, id));
    }
    return upload;
  }
  ECG_ASSIGN(const std::uint32_t open_already, transaction.open_uploads(opening.sender.gateway));
  if (open_already >= static_cast<std::uint32_t>(uploads_max)) {
    return Error{ErrorCode::kOverloaded,
                 "open uploads of gateway " + opening.sender.gateway.value,
                 {},
                 kRetryWhenFullOfUploadsMs};
  }
  store::UploadRecord record;
  record.id = id;
  record.gateway = opening.sender.gateway;
  record.site = opening.sender.site;
  record.study = StudyId(opening.message.study().study_id());
  record.attempt = attempt_of(opening.message.study());
  record.format = opening.format;
  record.opened_at = opening.now;
  ECG_TRY(transaction.put_upload(record));
  ECG_TRY(open_study(transaction, opening, id));
  return describe(record, opening.message.format());
}

}  // namespace

Intake::Intake(store::Store& store, const Clock& clock, const ReceiptSigner& signer, Workers& workers,
               Metrics& metrics, IntakeOptions options)
    : store_(store),
      clock_(clock),
      signer_(signer),
      workers_(workers),
      options_(std::move(options)),
      opened_(metrics.counter("ecg_uploads_opened_total", "Uploads opened or resumed")),
      frames_(metrics.counter("ecg_upload_frames_total", "Sample frames stored")),
      bytes_(metrics.counter("ecg_upload_bytes_total", "Bytes of blocks stored, as sent")),
      received_(metrics.counter("ecg_recordings_received_total", "Recordings closed with a receipt")),
      unread_(metrics.counter("ecg_recordings_newer_unread_total",
                              "Recordings stored for a study that was signed or over already")),
      set_aside_(metrics.counter("ecg_recordings_quarantined_total", "Recordings kept aside")),
      refused_(metrics.counter("ecg_upload_steps_refused_total", "Opens, blocks and closes refused")),
      commit_seconds_(metrics.histogram("ecg_upload_commit_seconds", "From a block in hand to its commit",
                                        Metrics::latency_bounds())) {}

Intake::~Intake() {
  in_flight_.wait();
}

void Intake::open(const Sender& sender, const v1::OpenUpload& message, Done<OpenedUpload> done) {
  auto checked = check_open(message);
  if (checked.ok() && options_.room) checked = options_.room();
  if (!checked.ok()) {
    refused_.add();
    later([done = std::move(done), error = checked.error()] { done(error); });
    return;
  }
  auto opening = std::make_shared<Opening>(Opening{sender, message, {}, {}, clock_.now()});
  opening->format = message.format().SerializeAsString();
  opening->registration = message.study().SerializeAsString();
  auto upload = std::make_shared<OpenedUpload>();
  store_.write(
      [opening, upload,
       most = options_.uploads_per_gateway](store::Transaction& transaction) -> Result<void> {
        ECG_ASSIGN(*upload, open_in(transaction, *opening, most));
        return {};
      },
      [this, hold = in_flight_.enter(), upload, done = std::move(done)](const Result<void>& outcome) {
        (outcome.ok() ? opened_ : refused_).add();
        later([upload, done, outcome] {
          done(outcome.ok() ? Result<OpenedUpload>(std::move(*upload))
                            : Result<OpenedUpload>(outcome.error()));
        });
      });
}

void Intake::append(const OpenedUpload& upload, const v1::SampleBlock& block, Done<std::uint64_t> done) {
  auto record = std::make_shared<store::BlockRecord>();
  record->first_frame = block.first_frame();
  record->frame_count = block.frame_count();
  record->block = block.SerializeAsString();
  const Duration began = clock_.steady();
  store_.write(
      [record, id = upload.id](store::Transaction& transaction) -> Result<void> {
        auto appended = transaction.append_block(id, *record);
        if (appended.ok() || (appended.error().code != ErrorCode::kUploadOffsetMismatch &&
                              appended.error().code != ErrorCode::kUploadClosed)) {
          return appended;
        }
        // Another stream of the same gateway may have stored it meanwhile.
        ECG_ASSIGN(const auto now, transaction.find_upload(id));
        const bool stored = now && record->first_frame + record->frame_count <= now->durable_frames;
        return stored ? Result<void>() : appended;
      },
      [this, hold = in_flight_.enter(), record, began, done = std::move(done)](const Result<void>& outcome) {
        if (outcome.ok()) {
          frames_.add(record->frame_count);
          bytes_.add(static_cast<double>(record->block.size()));
          commit_seconds_.observe(std::chrono::duration<double>(clock_.steady() - began).count());
        } else {
          refused_.add();
        }
        const std::uint64_t end = record->first_frame + record->frame_count;
        later([done, outcome, end] {
          done(outcome.ok() ? Result<std::uint64_t>(end) : Result<std::uint64_t>(outcome.error()));
        });
      });
}

void Intake::line_lost(const OpenedUpload& upload) {
  store_.write(
      [id = upload.id, now = clock_.now()](store::Transaction& transaction) -> Result<void> {
        ECG_ASSIGN(const auto record, transaction.find_upload(id));
        if (!record || record->state != store::UploadState::kOpen) return {};
        domain::Event event;
        event.kind = domain::StudyEvent::kLineLost;
        ECG_ASSIGN(const auto changed, store::change_study(transaction, record->study, event, now));
        (void)changed;
        return {};
      },
      [hold = in_flight_.enter(), id = upload.id](const Result<void>& outcome) {
        if (!outcome.ok()) log::warning("line_lost_not_noted", outcome.error(), {{"upload", id.value}});
      });
}

}  // namespace ecg::ingest
