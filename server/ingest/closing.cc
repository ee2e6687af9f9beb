// The end of an upload: digest, receipt, and the study's way to RECEIVED in one transaction.
#include <memory>
#include <utility>

#include "common/base/log.h"
#include "common/wire/block_codec.h"
#include "common/wire/recording_digest.h"
#include "server/ingest/intake.h"
#include "server/ingest/registration.h"
#include "server/store/study_change.h"

namespace ecg::ingest {

namespace {

constexpr std::size_t kDigestBytes = 32;

Result<void> check_close(const v1::CloseUpload& message, const OpenedUpload& upload) {
  if (!v1::CloseDisposition_IsValid(message.disposition()) ||
      message.disposition() == v1::CLOSE_DISPOSITION_UNSPECIFIED) {
    return Error{ErrorCode::kInvalidField, "close.disposition"};
  }
  if (message.sha256().size() != kDigestBytes) return Error{ErrorCode::kInvalidField, "close.sha256"};
  if (message.frames() == 0 && message.disposition() != v1::CLOSE_DISPOSITION_DISCARDED) {
    return Error{ErrorCode::kInvalidField, "close.frames"};
  }
  if (message.frames() > upload.frames_max)
    return Error{ErrorCode::kTooManySamples, "upload " + upload.id.value};
  if (!message.has_study()) return {};
  ECG_TRY(check_registration(message.study()));
  if (message.study().study_id() != upload.study.value)
    return Error{ErrorCode::kInvalidField, "close.study.study_id"};
  return {};
}

// Of what is stored, not of what passed through memory. Errors: kUploadOffsetMismatch, kStorageDamaged, those
// of reading.
Result<wire::Digest> stored_digest(const store::Store& store, const OpenedUpload& upload,
                                   std::uint64_t frames) {
  wire::RecordingDigest digest(upload.leads);
  ECG_TRY(store.read([&](const store::Snapshot& snapshot) {
    return snapshot.read_blocks(upload.id, [&](const store::BlockRecord& stored) -> Result<void> {
      v1::SampleBlock message;
      if (!message.ParseFromString(stored.block)) {
        return Error{ErrorCode::kStorageDamaged, "upload " + upload.id.value};
      }
      const auto block = wire::decode_stored_block(message, upload.leads);
      const auto added = block.ok() ? digest.add(*block) : Result<void>(block.error());
      if (added.ok()) return {};
      // It was sound when it was stored.
      return Error{ErrorCode::kStorageDamaged, "upload " + upload.id.value, added.error().subject};
    });
  }));
  if (digest.frames() != frames) {
    return Error{ErrorCode::kUploadOffsetMismatch, upload.id.value + ": durable " +
                                                       std::to_string(digest.frames()) + ", closed at " +
                                                       std::to_string(frames)};
  }
  return digest.digest();
}

// Everything the transaction needs, made before it.
struct Closing {
  OpenedUpload upload;
  v1::CloseUpload message;
  std::string receipt, registration;
  Timestamp now{};
  bool unread = false;  // stored, and its study did not take it
};

store::UploadState state_after(const v1::CloseUpload& message) {
  return message.disposition() == v1::CLOSE_DISPOSITION_DISCARDED ? store::UploadState::kDiscarded
                                                                  : store::UploadState::kClosed;
}

// The receipt given before, when this is a repeat of the same close.
Result<v1::StorageReceipt> earlier_receipt(const store::UploadRecord& record,
                                           const v1::CloseUpload& message) {
  const bool same = record.durable_frames == message.frames() && record.sha256 == message.sha256() &&
                    record.state == state_after(message);
  v1::StorageReceipt receipt;
  if (!same || !receipt.ParseFromString(record.receipt))
    return Error{ErrorCode::kUploadClosed, record.id.value};
  return receipt;
}

// A further recording belongs to the patient of the first.
Result<void> check_patient(const store::StudyRecord& study, const Closing& closing) {
  if (!study.study.received_at) return {};
  if (closing.registration.empty()) return Error{ErrorCode::kInvalidField, "close.study"};
  v1::StudyRegistration held;
  if (!held.ParseFromString(study.registration)) {
    return Error{ErrorCode::kStorageDamaged, "registration of study " + study.study.id.value};
  }
  if (held.patient().id() == closing.message.study().patient().id()) return {};
  return Error{ErrorCode::kUploadIdReused, "upload " + closing.upload.id.value};
}

Result<void> receive_study(store::Transaction& transaction, Closing& closing, store::UploadRecord record) {
  ECG_ASSIGN(auto study, transaction.find_study(record.study));
  if (!study) return Error{ErrorCode::kNotFound, "study " + record.study.value};
  ECG_TRY(check_patient(*study, closing));
  v1::StudyRegistration registration;
  if (!registration.ParseFromString(closing.registration.empty() ? study->registration
                                                                 : closing.registration)) {
    return Error{ErrorCode::kStorageDamaged, "registration of study " + record.study.value};
  }
  domain::Event again = opened_event(registration);
  again.attempt = record.attempt;
  // The line may have been noted as lost by the end of an older stream.
  ECG_ASSIGN(auto opened, store::change_study(transaction, std::move(*study), again, closing.now));
  domain::Event raised;
  raised.kind = domain::StudyEvent::kPriorityRaised;
  raised.priority = priority_of(registration);
  if (raised.priority < opened.study.study.priority) {
    ECG_ASSIGN(opened, store::change_study(transaction, std::move(opened.study), raised, closing.now));
  }
  domain::Event stored;
  stored.kind = domain::StudyEvent::kAllChunksStored;
  stored.attempt = record.attempt;
  stored.acquired_at = again.acquired_at;
  v1::RecordingFormat format;
  format.ParseFromString(record.format);
  const auto take_over = [&](store::StudyRecord& after) {
    after.upload = record.id;
    after.study.identity = identity_of(registration);
    after.study.partial = closing.message.disposition() == v1::CLOSE_DISPOSITION_PARTIAL;
    after.duration_s = static_cast<double>(record.durable_frames) / format.sampling_hz();
    after.analysis = store::AnalysisState::kPending;
    after.return_reason.clear();
    if (!after.study.lease) after.reader_name.clear();
    if (!closing.registration.empty()) after.registration = closing.registration;
  };
  ECG_ASSIGN(const auto received,
             store::change_study(transaction, std::move(opened.study), stored, closing.now, take_over));
  closing.unread = received.outcome == domain::Outcome::kIgnored;
  if (!closing.unread) return {};
  record.reason = facts(ErrorCode::kEventRefused).catalogue;
  return transaction.put_upload(record);
}

// Kept, but nothing to read: the study waits for another recording.
Result<void> put_back_study(store::Transaction& transaction, const store::UploadRecord& record,
                            Timestamp now) {
  domain::Event event;
  event.kind = domain::StudyEvent::kLineLost;
  ECG_ASSIGN(const auto changed, store::change_study(transaction, record.study, event, now));
  (void)changed;
  return {};
}

Result<v1::StorageReceipt> close_in(store::Transaction& transaction, Closing& closing) {
  ECG_ASSIGN(auto record, transaction.find_upload(closing.upload.id));
  if (!record) return Error{ErrorCode::kNotFound, "upload " + closing.upload.id.value};
  if (record->state != store::UploadState::kOpen) return earlier_receipt(*record, closing.message);
  if (record->durable_frames != closing.message.frames()) {
    return Error{ErrorCode::kUploadOffsetMismatch, record->id.value};
  }
  record->state = state_after(closing.message);
  record->partial = closing.message.disposition() == v1::CLOSE_DISPOSITION_PARTIAL;
  record->sha256 = closing.message.sha256();
  record->receipt = closing.receipt;
  record->closed_at = closing.now;
  ECG_TRY(transaction.put_upload(*record));
  if (record->state == store::UploadState::kDiscarded) {
    ECG_TRY(put_back_study(transaction, *record, closing.now));
  } else {
    ECG_TRY(receive_study(transaction, closing, *record));
  }
  v1::StorageReceipt receipt;
  receipt.ParseFromString(closing.receipt);
  return receipt;
}

}  // namespace

void Intake::close(const OpenedUpload& upload, const v1::CloseUpload& message,
                   Done<v1::StorageReceipt> done) {
  later([this, upload, message, done = std::move(done)] {
    if (auto checked = check_close(message, upload); !checked.ok()) {
      refused_.add();
      done(checked.error());
      return;
    }
    close_checked(upload, message, done);
  });
}

void Intake::close_checked(const OpenedUpload& upload, const v1::CloseUpload& message,
                           Done<v1::StorageReceipt> done) {
  const auto digest = stored_digest(store_, upload, message.frames());
  if (!digest.ok() && digest.error().code == ErrorCode::kStorageDamaged) {
    set_aside(upload, digest.error(), std::move(done));
    return;
  }
  if (!digest.ok()) {
    refused_.add();
    done(digest.error());
    return;
  }
  if (wire::as_bytes(*digest) != message.sha256()) {
    set_aside(upload, Error{ErrorCode::kDigestMismatch, "upload " + upload.id.value}, std::move(done));
    return;
  }
  auto closing = std::make_shared<Closing>(Closing{upload, message, {}, {}, clock_.now()});
  const auto receipt = make_receipt(upload, message, closing->now);
  if (!receipt.ok()) {
    done(receipt.error());
    return;
  }
  closing->receipt = receipt->SerializeAsString();
  if (message.has_study()) closing->registration = message.study().SerializeAsString();
  auto answer = std::make_shared<v1::StorageReceipt>();
  store_.write(
      [closing, answer](store::Transaction& transaction) -> Result<void> {
        ECG_ASSIGN(*answer, close_in(transaction, *closing));
        return {};
      },
      [this, hold = in_flight_.enter(), closing, answer,
       done = std::move(done)](const Result<void>& outcome) {
        if (!outcome.ok() && outcome.error().code == ErrorCode::kUploadIdReused) {
          later([this, closing, done, why = outcome.error()] { set_aside(closing->upload, why, done); });
          return;
        }
        (outcome.ok() ? received_ : refused_).add();
        if (outcome.ok() && closing->unread) {
          unread_.add();
          log::warning("newer_recording_unread",
                       {{"upload", closing->upload.id.value}, {"study", closing->upload.study.value}});
        }
        later([closing, answer, done, outcome] {
          if (outcome.ok()) {
            log::info("recording_stored", {{"upload", closing->upload.id.value},
                                           {"study", closing->upload.study.value},
                                           {"frames", closing->message.frames()}});
          }
          done(outcome.ok() ? Result<v1::StorageReceipt>(std::move(*answer))
                            : Result<v1::StorageReceipt>(outcome.error()));
        });
      });
}

Result<v1::StorageReceipt> Intake::make_receipt(const OpenedUpload& upload, const v1::CloseUpload& message,
                                                Timestamp stored_at) const {
  v1::StorageReceiptBody body;
  body.set_upload_id(upload.id.value);
  body.set_study_id(upload.study.value);
  body.set_frames(message.frames());
  body.set_sha256(message.sha256());
  body.set_center_epoch(store_.center_epoch());
  const auto us = to_micros(stored_at);
  body.mutable_stored_at()->set_seconds(us / 1'000'000);
  body.mutable_stored_at()->set_nanos(static_cast<std::int32_t>(us % 1'000'000 * 1000));
  return signer_.sign(body.SerializeAsString());
}

// The bytes stay; the administrator sees the upload with its reason.
void Intake::set_aside(const OpenedUpload& upload, const Error& why, Done<v1::StorageReceipt> done) {
  store_.write(
      [id = upload.id, reason = facts(why.code).catalogue,
       now = clock_.now()](store::Transaction& transaction) -> Result<void> {
        ECG_ASSIGN(auto record, transaction.find_upload(id));
        if (!record) return Error{ErrorCode::kNotFound, "upload " + id.value};
        if (record->state != store::UploadState::kOpen) return Error{ErrorCode::kUploadClosed, id.value};
        record->state = store::UploadState::kQuarantined;
        record->reason = reason;
        record->closed_at = now;
        ECG_TRY(transaction.put_upload(*record));
        return put_back_study(transaction, *record, now);
      },
      [this, hold = in_flight_.enter(), why, done = std::move(done)](const Result<void>& outcome) {
        if (outcome.ok()) set_aside_.add();
        const Error error = outcome.ok() ? why : outcome.error();
        later([done, error] {
          log::warning("recording_set_aside", error);
          done(error);
        });
      });
}

}  // namespace ecg::ingest
