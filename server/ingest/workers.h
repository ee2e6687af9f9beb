// Threads for what must run neither on a transport's thread nor on the store's: digests, signatures, answers.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace ecg::ingest {

// The queue holds at most one piece of work per change waiting in the store and per open upload, so their
// limits bound it (limits::kWriteQueueMax, limits::kUploadsPerGateway).
class Workers {
 public:
  explicit Workers(int threads);
  // Finishes what is queued.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  void post(std::function<void()> work);  // any thread; never blocks

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;  // guarded by mutex_
  bool stopping_ = false;                    // guarded by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace ecg::ingest
