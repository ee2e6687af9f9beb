// One upload over one stream: opened, followed block by block while it is still being recorded, closed when
// it is decided. Private to this folder.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

#include <ecg/v1/upload.grpc.pb.h>
#include <grpcpp/client_context.h>

#include "gateway/spool/recordings.h"
#include "gateway/uplink/channel.h"

namespace ecg::uplink {

class UploadSession {
 public:
  UploadSession(spool::Spool& spool, ecg::v1::UploadService::StubInterface& stub, const Enrolment& enrolment,
                UploadId upload);

  // Blocks until the receipt is stored, nothing is left to do for a while (the recording waits for its
  // operator's decision), or an error. Call once.
  Result<void> run();
  // Ends run() soon, with kCancelled. Any thread.
  void cancel();
  std::int64_t acknowledged() const;
  const UploadId& upload() const { return upload_; }

 private:
  using Stream = grpc::ClientReaderWriterInterface<ecg::v1::UploadRequest, ecg::v1::UploadResponse>;
  enum class Step { kWorking, kDone };

  Result<void> talk(Stream& stream);
  Result<Step> advance(Stream& stream);
  Result<bool> send_blocks(Stream& stream, const spool::Outbound& outbound);
  void read_answers(Stream& stream);
  Result<void> settle(const ecg::v1::StorageReceipt& receipt);
  bool write(Stream& stream, const ecg::v1::UploadRequest& request);
  Result<void> check_alive() const;

  spool::Spool& spool_;
  ecg::v1::UploadService::StubInterface& stub_;
  const Enrolment& enrolment_;
  const UploadId upload_;
  grpc::ClientContext context_;
  std::atomic<bool> cancelled_{false};

  // The running thread only.
  std::int64_t next_frame_ = 0;
  bool close_sent_ = false;
  Duration idle_since_{0};

  mutable std::mutex mutex_;
  bool opened_ = false;                             // guarded by mutex_
  bool ended_ = false;                              // guarded by mutex_; no more answers
  std::int64_t acknowledged_ = 0;                   // guarded by mutex_
  std::optional<ecg::v1::StorageReceipt> receipt_;  // guarded by mutex_
  Duration heard_at_{0};                            // guarded by mutex_
};

}  // namespace ecg::uplink
