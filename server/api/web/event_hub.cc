#include "server/api/web/event_hub.h"

#include <utility>
#include <vector>

#include "server/api/web/timestamps.h"

namespace ecg::web {

Result<void> EventHub::subscribe(Subscriber subscriber) {
  v1::SubscribeResponse hello;
  put(clock_.now(), *hello.mutable_hello()->mutable_center_now());
  hello.mutable_hello()->set_version(version_);
  const std::lock_guard lock(mutex_);
  if (closed_) return Error{ErrorCode::kShuttingDown, "events"};
  if (entries_.size() >= kSubscribersMax) return Error{ErrorCode::kOverloaded, "events", {}, 5000};
  auto entry = std::make_shared<Entry>();
  entry->subscriber = std::move(subscriber);
  tell(*entry, hello);
  entries_.push_back(std::move(entry));
  return {};
}

void EventHub::study_changed(const v1::StudyChanged& event) {
  v1::SubscribeResponse response;
  *response.mutable_study_changed() = event;
  const std::lock_guard lock(mutex_);
  for (const auto& entry : entries_) {
    const std::string& scope = entry->subscriber.site_id;
    if (scope.empty() || scope == event.study().site_id()) tell(*entry, response);
  }
}

void EventHub::site_changed(const std::string& site_id) {
  v1::SubscribeResponse response;
  response.mutable_site_changed()->set_site_id(site_id);
  const std::lock_guard lock(mutex_);
  for (const auto& entry : entries_) {
    if (entry->subscriber.sites) tell(*entry, response);
  }
}

void EventHub::tick() {
  std::vector<std::shared_ptr<Entry>> listening;
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(entries_, [](const auto& entry) { return entry->subscriber.stream->closed(); });
    listening = entries_;
  }
  v1::SubscribeResponse alive;
  put(clock_.now(), *alive.mutable_keep_alive()->mutable_center_now());
  for (const auto& entry : listening) {
    const auto allowed = entry->subscriber.still_allowed();
    const std::lock_guard lock(mutex_);
    if (allowed.ok()) {
      tell(*entry, alive);
    } else {
      entry->subscriber.stream->finish(allowed.error());
      std::erase(entries_, entry);
    }
  }
}

void EventHub::close(const Error& reason) {
  std::vector<std::shared_ptr<Entry>> entries;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    entries.swap(entries_);
  }
  for (const auto& entry : entries) entry->subscriber.stream->finish(reason);
}

std::size_t EventHub::subscribers() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

void EventHub::tell(Entry& entry, const v1::SubscribeResponse& event) {
  net::Stream& stream = *entry.subscriber.stream;
  if (entry.lagged) {
    v1::SubscribeResponse lagged;
    lagged.mutable_lagged();
    if (!stream.write(lagged)) return;
    entry.lagged = false;
  }
  if (!stream.write(event) && !stream.closed()) entry.lagged = true;
}

}  // namespace ecg::web
