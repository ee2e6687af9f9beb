#include "server/store/event_follower.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "common/base/log.h"

namespace ecg::store {
namespace {

constexpr std::size_t kEventsAtOnce = 256;
constexpr std::chrono::seconds kAfterFailure{1};

}  // namespace

EventFollower::EventFollower(Store& store, std::string name, std::uint64_t after, Handler handler)
    : store_(store), name_(std::move(name)), handler_(std::move(handler)) {
  // Events may have come since `after` was read: the first look is unconditional.
  newest_ = after + 1;
  subscription_ = store_.subscribe([this](std::uint64_t last_event) {
    {
      const std::lock_guard lock(mutex_);
      newest_ = std::max(newest_, last_event);
    }
    wake_.notify_one();
  });
  thread_ = std::thread([this, after] { run(after); });
}

EventFollower::~EventFollower() {
  store_.unsubscribe(subscription_);
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void EventFollower::run(std::uint64_t after) {
  std::uint64_t position = after;
  while (wait_beyond(position)) {
    if (show_after(position)) continue;
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, kAfterFailure, [this] { return stopping_; });
  }
}

bool EventFollower::wait_beyond(std::uint64_t position) {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [&] { return stopping_ || newest_ > position; });
  return !stopping_;
}

bool EventFollower::show_after(std::uint64_t& position) {
  std::uint64_t announced = 0;
  {
    const std::lock_guard lock(mutex_);
    announced = newest_;
  }
  std::vector<EventRecord> events;
  const auto outcome = store_.read([&](const Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(events, snapshot.events_after(position, kEventsAtOnce));
    return {};
  });
  if (!outcome.ok()) {
    log::warning("events_unreadable", outcome.error(), {{"stage", name_}});
    return false;
  }
  for (const EventRecord& event : events) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return true;
    }
    handler_(event);
    position = event.seq;
  }
  if (events.empty()) {
    // The wake-up was for what has been seen, or for events that are gone; a newer one stays.
    const std::lock_guard lock(mutex_);
    if (newest_ == announced) newest_ = position;
  }
  return true;
}

}  // namespace ecg::store
