// Who listens to the center's changes, and what each is told (EventService). Events are hints: a slow
// listener loses some and is told so, it never slows anyone down.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "ecg/v1/events.pb.h"

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/net/rpc.h"

namespace ecg::web {

// Any thread.
class EventHub {
 public:
  static constexpr std::size_t kSubscribersMax = 1024;

  struct Subscriber {
    std::shared_ptr<net::Stream> stream;
    std::string site_id;  // empty: all sites
    bool sites = false;   // site changes as well
    // Asked on every tick; an error ends the stream with it. May block shortly.
    std::function<Result<void>()> still_allowed;
  };

  EventHub(const Clock& clock, std::string version) : clock_(clock), version_(std::move(version)) {}

  // Says hello and adds the subscriber until its stream closes. kOverloaded beyond kSubscribersMax.
  Result<void> subscribe(Subscriber subscriber);
  // To everyone whose scope holds the study.
  void study_changed(const v1::StudyChanged& event);
  void site_changed(const std::string& site_id);
  // Drops who has gone or lost the right to listen; tells the others that the line is alive. Called every 2
  // s.
  void tick();
  // Ends every stream; new ones are refused.
  void close(const Error& reason);
  std::size_t subscribers() const;

 private:
  struct Entry {
    Subscriber subscriber;
    bool lagged = false;  // it missed something and has not been told yet
  };
  void tell(Entry& entry, const v1::SubscribeResponse& event);

  const Clock& clock_;
  const std::string version_;
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Entry>> entries_;
  bool closed_ = false;
};

}  // namespace ecg::web
