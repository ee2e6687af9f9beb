#include "server/ingest/upload_session.h"

#include <algorithm>
#include <utility>

#include "common/wire/block_codec.h"

namespace ecg::ingest {

UploadSession::UploadSession(Intake& intake, Sender sender, std::shared_ptr<UploadPeer> peer)
    : intake_(intake), sender_(std::move(sender)), peer_(std::move(peer)) {}

bool UploadSession::hungry() const {
  const std::lock_guard lock(mutex_);
  return peer_ != nullptr && !opening_ && !closing_ && unanswered_ < kBlocksUnansweredMax;
}

bool UploadSession::idle() const {
  const std::lock_guard lock(mutex_);
  return !opening_ && unanswered_ == 0 && (!closing_ || closed_);
}

std::shared_ptr<UploadPeer> UploadSession::peer() const {
  const std::lock_guard lock(mutex_);
  return peer_;
}

void UploadSession::receive(const v1::UploadRequest& message) {
  if (peer() == nullptr) return;
  switch (message.message_case()) {
    case v1::UploadRequest::kOpen:
      return open(message.open());
    case v1::UploadRequest::kBlock:
      return block(message.block());
    case v1::UploadRequest::kClose:
      return close(message.close());
    default:
      return fail({ErrorCode::kMalformedRequest, "an upload message of unknown kind"});
  }
}

void UploadSession::open(const v1::OpenUpload& message) {
  bool again = false;
  {
    const std::lock_guard lock(mutex_);
    again = upload_.has_value();
    opening_ = !again;
  }
  if (again) return fail({ErrorCode::kInvalidField, "open: the stream has an upload already"});
  intake_.open(sender_, message, [self = shared_from_this()](Result<OpenedUpload> outcome) {
    self->on_opened(std::move(outcome));
  });
}

void UploadSession::on_opened(Result<OpenedUpload> outcome) {
  if (!outcome.ok()) return fail(outcome.error());
  v1::UploadOpened answer;
  answer.set_durable_frames(outcome->durable_frames);
  if (outcome->over) *answer.mutable_receipt() = outcome->receipt;
  std::shared_ptr<UploadPeer> peer;
  {
    const std::lock_guard lock(mutex_);
    opening_ = false;
    next_frame_ = durable_ = outcome->durable_frames;
    upload_ = std::move(*outcome);
    peer = peer_;
  }
  if (peer == nullptr) return end();  // the stream ended meanwhile
  peer->opened(answer);
  peer->ready();
}

Result<void> UploadSession::check_block(const v1::SampleBlock& message, const OpenedUpload& upload,
                                        std::uint64_t next) const {
  const std::string subject =
      "upload " + upload.id.value + " at frame " + std::to_string(message.first_frame());
  if (message.first_frame() != next) {
    return Error{ErrorCode::kUploadOffsetMismatch, upload.id.value + ": expected " + std::to_string(next) +
                                                       ", sent " + std::to_string(message.first_frame())};
  }
  if (upload.over) return Error{ErrorCode::kUploadClosed, upload.id.value};
  const auto decoded = wire::decode_block(message, upload.leads);
  if (!decoded.ok()) return Error{decoded.error().code, subject, decoded.error().subject, 0};
  if (next + message.frame_count() > upload.frames_max) return Error{ErrorCode::kTooManySamples, subject};
  return {};
}

void UploadSession::block(const v1::SampleBlock& message) {
  std::optional<OpenedUpload> upload;
  std::uint64_t next = 0;
  {
    const std::lock_guard lock(mutex_);
    upload = upload_;
    next = next_frame_;
  }
  if (!upload) return fail({ErrorCode::kUploadNotOpen, "block"});
  const std::uint64_t end = message.first_frame() + message.frame_count();
  if (end >= message.first_frame() && end <= next) return skip_stored();
  if (const auto checked = check_block(message, *upload, next); !checked.ok()) return fail(checked.error());
  {
    const std::lock_guard lock(mutex_);
    next_frame_ = end;
    ++unanswered_;
  }
  intake_.append(*upload, message, [self = shared_from_this()](Result<std::uint64_t> outcome) {
    self->on_appended(std::move(outcome));
  });
}

// The block is stored or on its way. When nothing is on its way, no later acknowledgement would cover it.
void UploadSession::skip_stored() {
  intake_.later([self = shared_from_this()] {
    std::shared_ptr<UploadPeer> peer;
    std::uint64_t durable = 0;
    {
      const std::lock_guard lock(self->mutex_);
      if (self->unanswered_ == 0) peer = self->peer_;
      durable = self->durable_;
    }
    if (peer != nullptr) peer->acknowledged(durable);
  });
}

void UploadSession::on_appended(Result<std::uint64_t> outcome) {
  std::shared_ptr<UploadPeer> peer;
  bool resume = false, all_stored = false;
  {
    const std::lock_guard lock(mutex_);
    resume = unanswered_-- == kBlocksUnansweredMax;
    all_stored = unanswered_ == 0;
    if (outcome.ok()) durable_ = std::max(durable_, *outcome);
    peer = peer_;
  }
  if (!outcome.ok()) return fail(outcome.error());
  if (peer == nullptr) return;
  peer->acknowledged(*outcome);
  if (resume) peer->ready();
  if (all_stored) close_when_stored();
}

void UploadSession::close(const v1::CloseUpload& message) {
  bool open = false;
  {
    const std::lock_guard lock(mutex_);
    open = upload_.has_value();
    if (open) closing_ = message;
  }
  if (!open) return fail({ErrorCode::kUploadNotOpen, "close"});
  close_when_stored();
}

void UploadSession::close_when_stored() {
  std::optional<OpenedUpload> upload;
  v1::CloseUpload message;
  {
    const std::lock_guard lock(mutex_);
    if (!closing_ || close_sent_ || unanswered_ > 0 || peer_ == nullptr) return;
    close_sent_ = true;
    upload = upload_;
    message = *closing_;
  }
  intake_.close(*upload, message, [self = shared_from_this()](Result<v1::StorageReceipt> outcome) {
    self->on_closed(std::move(outcome));
  });
}

void UploadSession::on_closed(Result<v1::StorageReceipt> outcome) {
  std::shared_ptr<UploadPeer> peer;
  {
    const std::lock_guard lock(mutex_);
    closed_ = outcome.ok();
    close_sent_ = closed_;
    peer = peer_;
  }
  if (outcome.ok()) {
    if (peer != nullptr) peer->closed(*outcome);
    return;
  }
  if (peer == nullptr) return end();  // the stream ended while the close was under way
  fail(outcome.error());
}

void UploadSession::fail(const Error& error) {
  std::shared_ptr<UploadPeer> peer;
  {
    const std::lock_guard lock(mutex_);
    opening_ = false;
    peer = std::exchange(peer_, nullptr);
  }
  if (peer != nullptr) peer->failed(error);
}

void UploadSession::end() {
  std::optional<OpenedUpload> left_open;
  {
    const std::lock_guard lock(mutex_);
    peer_ = nullptr;
    if (upload_ && !upload_->over && !closed_ && !close_sent_ && !std::exchange(line_lost_noted_, true)) {
      left_open = upload_;
    }
  }
  if (left_open) intake_.line_lost(*left_open);
}

}  // namespace ecg::ingest
