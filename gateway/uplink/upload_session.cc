#include "gateway/uplink/upload_session.h"

#include <thread>

#include "common/net/grpc/status.h"
#include "gateway/uplink/receipt.h"

namespace ecg::uplink {
namespace {

constexpr std::chrono::seconds kAnswerTimeout{30};  // reliability.md S-22: a stream idle that long is dead
constexpr std::chrono::seconds kIdle{10};           // for a decision; a new stream costs one round trip
constexpr std::chrono::milliseconds kLook{500};
constexpr std::size_t kBlocksAtOnce = 32;
constexpr std::int64_t kUnacknowledgedSecondsMax = 120;

}  // namespace

UploadSession::UploadSession(spool::Spool& spool, ecg::v1::UploadService::StubInterface& stub,
                             const Enrolment& enrolment, UploadId upload)
    : spool_(spool), stub_(stub), enrolment_(enrolment), upload_(std::move(upload)) {}

void UploadSession::cancel() {
  cancelled_ = true;
  context_.TryCancel();
  spool_.changes().bump();
}

std::int64_t UploadSession::acknowledged() const {
  const std::lock_guard lock(mutex_);
  return acknowledged_;
}

Result<void> UploadSession::run() {
  heard_at_ = spool_.clock().steady();
  const auto stream = stub_.Upload(&context_);
  std::thread reader([&] { read_answers(*stream); });
  const auto talked = talk(*stream);
  // When the stream broke, its status knows why, unless it is cancelled here; a decision of our own stands.
  const bool broke = !talked.ok() && talked.error().code == ErrorCode::kCenterUnreachable;
  if (talked.ok()) {
    stream->WritesDone();
  } else if (!broke) {
    context_.TryCancel();
  }
  reader.join();
  const grpc::Status status = stream->Finish();
  if (cancelled_) return Error{ErrorCode::kCancelled, "upload " + upload_.value};
  return broke && !status.ok() ? Result<void>(net::from_status(status)) : talked;
}

void UploadSession::read_answers(Stream& stream) {
  ecg::v1::UploadResponse answer;
  while (stream.Read(&answer)) {
    std::optional<std::int64_t> durable;
    {
      const std::lock_guard lock(mutex_);
      heard_at_ = spool_.clock().steady();
      if (answer.has_opened()) {
        opened_ = true;
        durable = static_cast<std::int64_t>(answer.opened().durable_frames());
        if (answer.opened().has_receipt()) receipt_ = answer.opened().receipt();
      }
      if (answer.has_acknowledged())
        durable = static_cast<std::int64_t>(answer.acknowledged().durable_frames());
      if (answer.has_closed()) receipt_ = answer.closed().receipt();
      if (durable && *durable > acknowledged_) acknowledged_ = *durable;
    }
    if (durable) spool::note_acknowledged(spool_, upload_, *durable);
    spool_.changes().bump();
  }
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  spool_.changes().bump();
}

bool UploadSession::write(Stream& stream, const ecg::v1::UploadRequest& request) {
  grpc::WriteOptions options;
  options.set_no_compression();
  return stream.Write(request, options);
}

// Errors: kCenterUnreachable stands for "the stream broke".
Result<void> UploadSession::check_alive() const {
  const std::lock_guard lock(mutex_);
  if (cancelled_) return Error{ErrorCode::kCancelled, "upload " + upload_.value};
  if (ended_) return Error{ErrorCode::kCenterUnreachable, "center", "the stream ended"};
  const bool owed = !opened_ || close_sent_ || acknowledged_ < next_frame_;
  if (owed && spool_.clock().steady() - heard_at_ > kAnswerTimeout) {
    return Error{ErrorCode::kTimeout, "upload " + upload_.value};
  }
  return {};
}

Result<void> UploadSession::talk(Stream& stream) {
  ECG_ASSIGN(const spool::Outbound outbound, spool::find_outbound(spool_, upload_));
  ecg::v1::UploadRequest open;
  open.mutable_open()->set_upload_id(upload_.value);
  *open.mutable_open()->mutable_study() = outbound.registration;
  *open.mutable_open()->mutable_format() = outbound.format;
  if (!write(stream, open)) return Error{ErrorCode::kCenterUnreachable, "center", "the stream broke"};
  bool resumed = false;
  while (true) {
    const std::uint64_t seen = spool_.changes().version();
    std::optional<ecg::v1::StorageReceipt> receipt;
    bool opened = false;
    {
      const std::lock_guard lock(mutex_);
      receipt = receipt_;
      opened = opened_;
      if (opened && !resumed) next_frame_ = acknowledged_;
    }
    if (receipt) return settle(*receipt);
    ECG_TRY(check_alive());
    if (opened) {
      resumed = true;
      ECG_ASSIGN(const Step step, advance(stream));
      if (step == Step::kDone) return {};
    }
    spool_.changes().wait(seen, kLook);
  }
}

// Sends what is durable here and not yet sent. True: something was sent.
Result<bool> UploadSession::send_blocks(Stream& stream, const spool::Outbound& outbound) {
  bool sent = false;
  const auto window = static_cast<std::int64_t>(outbound.format.sampling_hz()) * kUnacknowledgedSecondsMax;
  while (next_frame_ < outbound.row.frames && next_frame_ - acknowledged() < window) {
    ECG_ASSIGN(auto blocks, spool::blocks_from(spool_, upload_, next_frame_, kBlocksAtOnce));
    if (blocks.empty()) {
      return Error{ErrorCode::kStorageDamaged, "upload " + upload_.value, "stored blocks are missing"};
    }
    for (ecg::v1::SampleBlock& block : blocks) {
      const auto end = static_cast<std::int64_t>(block.first_frame()) + block.frame_count();
      ecg::v1::UploadRequest request;
      request.mutable_block()->Swap(&block);
      if (!write(stream, request)) return Error{ErrorCode::kCenterUnreachable, "center", "the stream broke"};
      next_frame_ = end;
      sent = true;
    }
    ECG_TRY(check_alive());
  }
  return sent;
}

Result<UploadSession::Step> UploadSession::advance(Stream& stream) {
  if (close_sent_) return Step::kWorking;
  ECG_ASSIGN(const spool::Outbound outbound, spool::find_outbound(spool_, upload_));
  if (next_frame_ > outbound.row.frames) {
    return Error{ErrorCode::kUploadIdReused, "upload " + upload_.value,
                 "the center has more than was recorded"};
  }
  ECG_ASSIGN(const bool sent, send_blocks(stream, outbound));
  const bool all_sent = next_frame_ == outbound.row.frames;
  const Duration now = spool_.clock().steady();
  if (sent || !all_sent || !outbound.row.closed_at) idle_since_ = now;
  if (!all_sent || !outbound.row.closed_at) return Step::kWorking;
  if (outbound.row.disposition == ecg::v1::CLOSE_DISPOSITION_UNSPECIFIED) {
    const bool idle = acknowledged() == outbound.row.frames && now - idle_since_ >= kIdle;
    return idle ? Step::kDone : Step::kWorking;
  }
  ecg::v1::UploadRequest close;
  close.mutable_close()->set_frames(static_cast<std::uint64_t>(outbound.row.frames));
  close.mutable_close()->set_sha256(outbound.row.sha256);
  close.mutable_close()->set_disposition(outbound.row.disposition);
  *close.mutable_close()->mutable_study() = outbound.registration;
  if (!write(stream, close)) return Error{ErrorCode::kCenterUnreachable, "center", "the stream broke"};
  close_sent_ = true;
  return Step::kWorking;
}

Result<void> UploadSession::settle(const ecg::v1::StorageReceipt& receipt) {
  ECG_ASSIGN(const spool::Outbound outbound, spool::find_outbound(spool_, upload_));
  const ReceiptExpected expected{upload_.value, outbound.row.study_id.value,
                                 static_cast<std::uint64_t>(outbound.row.frames), outbound.row.sha256};
  const auto verified =
      verify_receipt(receipt, enrolment_.receipt_key_der, enrolment_.receipt_key_id, expected);
  if (!verified.ok()) return verified.error();
  return spool::confirm(spool_, upload_, receipt);
}

}  // namespace ecg::uplink
