// One stream of one gateway: takes its messages in order, answers as the store commits.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "ecg/v1/upload.pb.h"

#include "server/ingest/intake.h"

namespace ecg::ingest {

// The other end of a session. Called on worker threads, possibly two at once; only failed() may
// also come from inside receive().
class UploadPeer {
 public:
  virtual ~UploadPeer() = default;
  virtual void opened(const v1::UploadOpened& answer) = 0;
  // Frames [0, durable_frames) are on stable storage. A smaller number may arrive after a greater one.
  virtual void acknowledged(std::uint64_t durable_frames) = 0;
  virtual void closed(const v1::StorageReceipt& receipt) = 0;
  virtual void failed(const Error& error) = 0;  // at most once, and nothing after it
  // The session takes messages again, after hungry() was false.
  virtual void ready() = 0;
};

class UploadSession : public std::enable_shared_from_this<UploadSession> {
 public:
  // Blocks that may wait for their commit before the stream has to pause.
  static constexpr int kBlocksUnansweredMax = 32;

  // intake outlives every session. peer is kept until end().
  UploadSession(Intake& intake, Sender sender, std::shared_ptr<UploadPeer> peer);

  // The next message of the stream, in order, one at a time. Checks and decodes on the caller's thread; never
  // waits. Requires hungry(). After failed() messages are ignored.
  void receive(const v1::UploadRequest& message);
  // Whether receive() may be called now. When false, ready() follows.
  bool hungry() const;
  // Nothing received waits for its answer.
  bool idle() const;
  // The stream is over, for whatever reason; the peer is not called any more once this returns, except by a
  // call under way on another thread. Without a close before, the study shows that its line is lost.
  void end();

 private:
  void open(const v1::OpenUpload& message);
  void block(const v1::SampleBlock& message);
  void close(const v1::CloseUpload& message);
  void skip_stored();
  void on_opened(Result<OpenedUpload> outcome);
  void on_appended(Result<std::uint64_t> outcome);
  void on_closed(Result<v1::StorageReceipt> outcome);
  void close_when_stored();
  void fail(const Error& error);
  std::shared_ptr<UploadPeer> peer() const;
  Result<void> check_block(const v1::SampleBlock& message, const OpenedUpload& upload,
                           std::uint64_t next) const;

  Intake& intake_;
  const Sender sender_;

  mutable std::mutex mutex_;
  std::shared_ptr<UploadPeer> peer_;        // guarded by mutex_, as is all below; null: failed or ended
  bool opening_ = false;                    // open sent, not answered
  std::optional<OpenedUpload> upload_;      // once opened
  std::uint64_t next_frame_ = 0;            // where the next new block begins
  std::uint64_t durable_ = 0;               // frames that the store has answered for
  int unanswered_ = 0;                      // blocks
  std::optional<v1::CloseUpload> closing_;  // close arrived
  bool close_sent_ = false, closed_ = false;
  bool line_lost_noted_ = false;
};

}  // namespace ecg::ingest
