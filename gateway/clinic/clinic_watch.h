// Tells open pages what changed.
#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "common/net/rpc.h"
#include "gateway/clinic/clinic_parts.h"

namespace ecg::clinic {

// Every change is told within a quarter of a second; without any, the present state every 5 s.
class ClinicWatch {
 public:
  explicit ClinicWatch(const ClinicParts& parts) : parts_(parts) {}
  ~ClinicWatch() { stop(); }

  void start();
  void stop();  // a repeat changes nothing
  // The first message follows at once. Any thread.
  void add(std::shared_ptr<net::Stream> stream, std::string operator_name);

 private:
  struct Watcher {
    std::shared_ptr<net::Stream> stream;
    std::string operator_name;
    bool fresh = true;
  };
  void run();
  void tell(bool everyone);

  const ClinicParts& parts_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::list<Watcher> watchers_;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace ecg::clinic
