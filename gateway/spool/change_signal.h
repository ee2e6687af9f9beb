// A counter that others wait for. Whoever waits looks at the stored facts again; the signal carries none.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace ecg::spool {

// Any thread.
class ChangeSignal {
 public:
  std::uint64_t version() const {
    const std::lock_guard lock(mutex_);
    return version_;
  }
  void bump() {
    {
      const std::lock_guard lock(mutex_);
      ++version_;
    }
    changed_.notify_all();
  }
  // Returns when the version is no longer seen, or after the timeout; answers the version then.
  std::uint64_t wait(std::uint64_t seen, std::chrono::microseconds timeout) const {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, timeout, [&] { return version_ != seen; });
    return version_;
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::uint64_t version_ = 0;
};

}  // namespace ecg::spool
