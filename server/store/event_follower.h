// A thread that shows a stage every event of the store, in order, from a given one on.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "server/store/store.h"

namespace ecg::store {

// What is not handled when the process ends is not shown again: a stage that uses this finds its open work by
// state when it starts, taking last_event() first.
class EventFollower {
 public:
  // On the follower's thread; may block, which delays this stage only.
  using Handler = std::function<void(const EventRecord&)>;

  // Shows the events after `after`. The store must outlive this. Requires: not made or destroyed in a Change,
  // Done or Listener of the store.
  EventFollower(Store& store, std::string name, std::uint64_t after, Handler handler);
  ~EventFollower();
  EventFollower(const EventFollower&) = delete;
  EventFollower& operator=(const EventFollower&) = delete;

 private:
  void run(std::uint64_t after);
  bool wait_beyond(std::uint64_t position);
  bool show_after(std::uint64_t& position);

  Store& store_;
  const std::string name_;
  const Handler handler_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::uint64_t newest_ = 0;  // guarded by mutex_
  bool stopping_ = false;     // guarded by mutex_
  std::uint64_t subscription_ = 0;
  std::thread thread_;
};

}  // namespace ecg::store
