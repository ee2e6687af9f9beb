// The other end of an upload session: a recording with known samples, and a peer that remembers what it was
// told.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "common/wire/block_codec.h"
#include "common/wire/recording_digest.h"
#include "server/ingest/upload_session.h"

namespace ecg::ingest::testing {

inline constexpr int kLeads = 8;
inline constexpr std::uint32_t kBlockFrames = 125;

inline std::string id_of(char c) {
  return std::string(26, c);
}

inline wire::Block samples(std::uint64_t first_frame, std::uint32_t frames = kBlockFrames) {
  wire::Block block;
  block.first_frame = first_frame;
  for (std::uint32_t i = 0; i < frames * kLeads; ++i) {
    block.samples.push_back(static_cast<std::int32_t>((first_frame * kLeads + i) * 2654435761U >> 20));
  }
  return block;
}

inline v1::UploadRequest block_message(std::uint64_t first_frame, std::uint32_t frames = kBlockFrames) {
  v1::UploadRequest message;
  *message.mutable_block() = wire::encode_block(samples(first_frame, frames), kLeads).value();
  return message;
}

inline v1::StudyRegistration registration(char study, v1::Priority priority = v1::PRIORITY_ROUTINE) {
  v1::StudyRegistration r;
  r.set_study_id(id_of(study));
  r.mutable_patient()->set_id("P-1");
  r.mutable_patient()->set_name("张三");
  r.mutable_patient()->set_identity(v1::IDENTITY_STATE_MATCHED);
  r.set_priority(priority);
  r.set_attempt(1);
  r.mutable_acquired_at()->set_seconds(1'700'000'000);
  return r;
}

inline v1::UploadRequest open_message(char upload, char study = 's') {
  v1::UploadRequest message;
  auto* open = message.mutable_open();
  open->set_upload_id(id_of(upload));
  *open->mutable_study() = registration(study);
  open->mutable_format()->set_sampling_hz(500);
  for (int i = 0; i < kLeads; ++i) {
    auto* lead = open->mutable_format()->add_leads();
    lead->set_lead(static_cast<v1::LeadCode>(i + 1));
    lead->set_uv_per_lsb(2.5);
  }
  return message;
}

inline v1::UploadRequest close_message(int blocks,
                                       v1::CloseDisposition how = v1::CLOSE_DISPOSITION_COMPLETE) {
  wire::RecordingDigest digest(kLeads);
  for (int i = 0; i < blocks; ++i) (void)digest.add(samples(static_cast<std::uint64_t>(i) * kBlockFrames));
  v1::UploadRequest message;
  message.mutable_close()->set_frames(digest.frames());
  message.mutable_close()->set_sha256(wire::as_bytes(digest.digest()));
  message.mutable_close()->set_disposition(how);
  return message;
}

class RecordingPeer final : public UploadPeer {
 public:
  void opened(const v1::UploadOpened& answer) override {
    set([&] { opened_ = answer; });
  }
  void acknowledged(std::uint64_t durable_frames) override {
    set([&] { durable_ = std::max(durable_, durable_frames); });
  }
  void closed(const v1::StorageReceipt& receipt) override {
    set([&] { receipt_ = receipt; });
  }
  void failed(const Error& error) override {
    set([&] { failed_ = error; });
  }
  void ready() override {
    set([] {});
  }

  // Waits for an answer; empty when something else, or nothing within 10 s, comes.
  std::optional<v1::UploadOpened> wait_opened() {
    wait([&] { return opened_ || failed_; });
    return opened_;
  }
  std::uint64_t wait_acknowledged(std::uint64_t frames) {
    wait([&] { return durable_ >= frames || failed_; });
    return durable_;
  }
  std::optional<v1::StorageReceipt> wait_closed() {
    wait([&] { return receipt_ || failed_; });
    return receipt_;
  }
  ErrorCode wait_failed() {
    wait([&] { return failed_.has_value(); });
    return failed_ ? failed_->code : ErrorCode::kTimeout;
  }
  template <class Condition>
  void wait(const Condition& condition) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds{10}, condition);
  }

 private:
  template <class Set>
  void set(const Set& change) {
    {
      const std::lock_guard lock(mutex_);
      change();
    }
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<v1::UploadOpened> opened_;
  std::uint64_t durable_ = 0;
  std::optional<v1::StorageReceipt> receipt_;
  std::optional<Error> failed_;
};

// Not a signature; enough to tell receipts apart.
class CountingSigner final : public ReceiptSigner {
 public:
  Result<v1::StorageReceipt> sign(const std::string& body) const override {
    v1::StorageReceipt receipt;
    receipt.set_body(body);
    receipt.set_signature("signature " + std::to_string(++count_));
    receipt.set_key_id("key");
    return receipt;
  }

 private:
  mutable std::atomic<int> count_{0};
};

}  // namespace ecg::ingest::testing
