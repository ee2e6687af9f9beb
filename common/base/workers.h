// A few threads and their work, for what must not run on the thread it comes up on.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace ecg {

// The queue has no limit of its own: whoever posts bounds what it posts, and says how. With one thread, work
// runs in the order of posting.
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

}  // namespace ecg
