// How an object that hands out callbacks waits for the last of them before it goes away.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

namespace ecg {

class InFlight {
 public:
  // Captured by a callback; the piece of work is under way as long as a copy of it lives.
  using Hold = std::shared_ptr<const void>;

  // Any thread.
  Hold enter() {
    const std::lock_guard lock(mutex_);
    ++count_;
    return Hold(this, [this](const void*) { leave(); });
  }
  // Blocks until nothing is under way. Not from a piece of work.
  void wait() {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return count_ == 0; });
  }

 private:
  void leave() {
    const std::lock_guard lock(mutex_);
    if (--count_ == 0) idle_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable idle_;
  int count_ = 0;  // guarded by mutex_
};

}  // namespace ecg
