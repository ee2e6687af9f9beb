// What happens to an upload in the store: opened, blocks appended, closed. Every step may be repeated, and
// answers only when what it promises is on stable storage (proto/ecg/v1/upload.proto). Knows no transport.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "ecg/v1/upload.pb.h"

#include "common/base/clock.h"
#include "common/base/in_flight.h"
#include "common/base/limits.h"
#include "common/base/metrics.h"
#include "common/base/result.h"
#include "common/base/workers.h"
#include "server/ingest/receipt_signer.h"
#include "server/store/store.h"

namespace ecg::ingest {

// The gateway behind a stream, as its certificate proved it.
struct Sender {
  GatewayId gateway;
  SiteId site;
};

struct IntakeOptions {
  int uploads_per_gateway = limits::kUploadsPerGateway;  // open at the same time
  // Whether there is room for new recordings; kStorageFull with retry_after_ms when the reserve of the disk
  // would be touched. Empty: always.
  std::function<Result<void>()> room;
};

struct OpenedUpload {
  UploadId id;
  StudyId study;
  int leads = 0;
  std::uint64_t frames_max = 0;
  std::uint64_t durable_frames = 0;
  bool over = false;  // closed already; receipt is set
  v1::StorageReceipt receipt;
};

class Intake {
 public:
  template <class T>
  using Done = std::function<void(Result<T>)>;

  // All arguments outlive it. Workers hold at most one piece of work per change that waits in the store
  // (limits:: kWriteQueueMax) and per open upload.
  Intake(store::Store& store, const Clock& clock, const ReceiptSigner& signer, Workers& workers,
         Metrics& metrics, IntakeOptions options);

  // Waits until everything begun was answered.
  ~Intake();
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;

  // Answers on a worker, once the upload and its study are stored.
  // An upload that another gateway of the same site began is continued and becomes this one's.
  // Errors: kInvalidField, kTooLarge, kTooManyLeads, kSamplingOutsideIntake, kUploadIdReused (other study,
  // attempt or format), kWrongSite, kOverloaded (too many open uploads), kDigestMismatch and kStorageDamaged
  // (kept aside earlier), kEventRefused (the study is cancelled or rejected), those of Store::write.
  void open(const Sender& sender, const v1::OpenUpload& message, Done<OpenedUpload> done);

  // Answers on a worker with the durable end of the upload. The block has been checked (wire::decode_block).
  // One that is stored already is success. Errors: kUploadOffsetMismatch, kUploadClosed, those of
  // Store::write.
  void append(const OpenedUpload& upload, const v1::SampleBlock& block, Done<std::uint64_t> done);

  // Compares the digest of what is stored with the gateway's and answers on a worker with the signed receipt,
  // once the study is RECEIVED. Requires: every append before it was answered. A repeat gets the same
  // receipt. Errors: kUploadOffsetMismatch (frames missing), kDigestMismatch and kStorageDamaged (the upload
  // is kept aside), kUploadIdReused (the study was received for another patient; the upload is kept aside),
  // kUploadClosed (with other content), kInvalidField, kTooLarge, those of Store::write. A recording that its
  // study no longer takes, being signed or over, gets its receipt and is listed with the uploads kept aside.
  void close(const OpenedUpload& upload, const v1::CloseUpload& message, Done<v1::StorageReceipt> done);

  // Runs something on a worker.
  void later(std::function<void()> work) {
    workers_.post([hold = in_flight_.enter(), work = std::move(work)] { work(); });
  }

  // The stream ended without close: the study shows that its line is lost.
  void line_lost(const OpenedUpload& upload);

 private:
  Result<v1::StorageReceipt> make_receipt(const OpenedUpload& upload, const v1::CloseUpload& message,
                                          Timestamp stored_at) const;
  void close_checked(const OpenedUpload& upload, const v1::CloseUpload& message,
                     Done<v1::StorageReceipt> done);
  void set_aside(const OpenedUpload& upload, const Error& why, Done<v1::StorageReceipt> done);

  store::Store& store_;
  const Clock& clock_;
  const ReceiptSigner& signer_;
  Workers& workers_;
  const IntakeOptions options_;
  Counter opened_, frames_, bytes_, received_, unread_, set_aside_, refused_;
  Histogram commit_seconds_;
  InFlight in_flight_;
};

}  // namespace ecg::ingest
