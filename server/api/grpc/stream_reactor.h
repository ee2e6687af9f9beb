// A bidirectional gRPC stream on the server as a queue of answers and messages taken one at a time.
// Everything else about the callback API (one operation of a kind at a time, the order of Finish and OnDone)
// stays in here.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include <grpcpp/support/server_callback.h>

namespace ecg::api {

template <class In, class Out>
class StreamReactor : public grpc::ServerBidiReactor<In, Out>,
                      public std::enable_shared_from_this<StreamReactor<In, Out>> {
 public:
  // context: of the call.
  explicit StreamReactor(grpc::CallbackServerContext& context) : context_(&context) {}

  // Once, right after construction in a shared_ptr: keeps itself alive until gRPC is done with it.
  void hold() { self_ = this->shared_from_this(); }

  // Queues an answer. False: queue_max wait already, or the stream is ending. Any thread.
  bool send(Out message, std::size_t queue_max) {
    {
      const std::lock_guard lock(mutex_);
      if (status_ || queue_.size() >= queue_max) return false;
      queue_.push_back(std::move(message));
    }
    pump();
    return true;
  }

  // As send(), but takes the place of the last answer that waits, when that one is replaceable.
  void send_or_replace(Out message, bool (*replaceable)(const Out&)) {
    {
      const std::lock_guard lock(mutex_);
      if (status_) return;
      if (!queue_.empty() && replaceable(queue_.back())) {
        queue_.back() = std::move(message);
      } else {
        queue_.push_back(std::move(message));
      }
    }
    pump();
  }

  // Ends the stream once what waits is sent. The first status counts. Any thread.
  void finish(grpc::Status status) {
    {
      const std::lock_guard lock(mutex_);
      if (status_) return;
      status_ = std::move(status);
    }
    pump();
  }

  // Ends the stream without sending what waits. Any thread.
  void drop_and_finish(grpc::Status status) {
    {
      const std::lock_guard lock(mutex_);
      queue_.clear();
    }
    finish(std::move(status));
  }

  // Breaks the stream off, also when a write is stuck because the peer does not read. Any thread; the caller
  // holds a shared pointer.
  void cut() {
    const std::lock_guard lock(context_mutex_);
    if (context_ != nullptr) context_->TryCancel();
  }

  // Takes the next message; a repeat while one is awaited does nothing. While on_message() runs, the read
  // starts after it: the message it looks at is the place the next one is read into. Any thread.
  void read_next() {
    {
      const std::lock_guard lock(mutex_);
      if (reading_ || status_ || no_more_) return;
      if (handling_) {
        wanted_ = true;
        return;
      }
      reading_ = starting_read_ = true;
    }
    this->StartRead(&in_);
    {
      const std::lock_guard lock(mutex_);
      starting_read_ = false;
    }
    pump();
  }

 protected:
  virtual void on_message(const In& message) = 0;  // the next one comes after read_next()
  virtual void on_half_close() = 0;                // the client sends nothing more
  virtual void on_over() = 0;                      // broken, cancelled or finished; may be called twice

 private:
  void OnReadDone(bool ok) final {
    {
      const std::lock_guard lock(mutex_);
      reading_ = false;
      no_more_ = no_more_ || !ok;
      if (status_) return;
      handling_ = ok;
    }
    if (!ok) return on_half_close();
    on_message(in_);
    bool wanted = false;
    {
      const std::lock_guard lock(mutex_);
      handling_ = false;
      wanted = std::exchange(wanted_, false);
    }
    if (wanted) read_next();
  }

  void OnWriteDone(bool ok) final {
    {
      const std::lock_guard lock(mutex_);
      writing_ = false;
      if (!ok) {
        queue_.clear();
        if (!status_) status_ = grpc::Status(grpc::StatusCode::UNAVAILABLE, "the peer is gone");
      }
    }
    pump();
  }

  void OnCancel() final {
    on_over();
    {
      const std::lock_guard lock(mutex_);
      queue_.clear();
      if (!status_) status_ = grpc::Status::CANCELLED;
    }
    pump();
  }

  void OnDone() final {
    on_over();
    {
      const std::lock_guard lock(context_mutex_);
      context_ = nullptr;
    }
    self_.reset();  // last: this may be the end of the object
  }

  // Starts the one operation that is due. Operations are started outside the lock, since gRPC may run their
  // completion on this very thread before they return.
  void pump() {
    bool write = false;
    {
      const std::lock_guard lock(mutex_);
      if (writing_ || starting_read_ || finished_) return;
      if (!queue_.empty()) {
        out_ = std::move(queue_.front());
        queue_.pop_front();
        writing_ = write = true;
      } else if (status_) {
        finished_ = true;
      } else {
        return;
      }
    }
    if (write) {
      this->StartWrite(&out_);
    } else {
      this->Finish(*status_);
    }
  }

  // Recursive: cancelling may run the stream's end on this very thread.
  std::recursive_mutex context_mutex_;
  grpc::CallbackServerContext* context_;  // guarded by context_mutex_; null once gRPC is done

  std::mutex mutex_;
  std::deque<Out> queue_;               // guarded by mutex_, as is all below but in_ and out_
  std::optional<grpc::Status> status_;  // set: ending; constant from then on
  bool reading_ = false, starting_read_ = false, writing_ = false, finished_ = false, no_more_ = false;
  bool handling_ = false, wanted_ = false;  // on_message() runs; read_next() came meanwhile
  In in_;                                   // of the read under way, then of on_message()
  Out out_;                                 // of the write under way
  std::shared_ptr<StreamReactor> self_;
};

// Answers a call with an error at once.
template <class In, class Out>
class RefusedCall final : public grpc::ServerBidiReactor<In, Out> {
 public:
  explicit RefusedCall(const grpc::Status& status) { this->Finish(status); }
  void OnDone() override { delete this; }
};

}  // namespace ecg::api
