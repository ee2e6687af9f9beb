// Tells open pages what changed, and ends what is open when the session behind it has ended.
#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "common/net/rpc.h"
#include "gateway/clinic/clinic_parts.h"
#include "gateway/clinic/operators.h"

namespace ecg::clinic {

// Every change is told within a quarter of a second; without any, the present state every 5 s.
class ClinicWatch {
 public:
  // Both outlive it.
  ClinicWatch(const ClinicParts& parts, Operators& operators) : parts_(parts), operators_(operators) {}
  ~ClinicWatch() { stop(); }

  void start();
  void stop();  // a repeat changes nothing
  // The first message follows at once. Any thread.
  void add(std::shared_ptr<net::Stream> stream, std::string operator_name);
  // Any stream: finished with kNotSignedIn within 2 s of its session's end. Any thread.
  void end_with_session(std::shared_ptr<net::Stream> stream, std::string token);

 private:
  struct Watcher {
    std::shared_ptr<net::Stream> stream;
    std::string operator_name;
    bool fresh = true;
  };
  struct Guarded {
    std::shared_ptr<net::Stream> stream;
    std::string token;
  };
  void run();
  void end_streams_without_session();
  void tell(bool everyone);

  const ClinicParts& parts_;
  Operators& operators_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::list<Watcher> watchers_;  // guarded by mutex_
  std::list<Guarded> guarded_;   // guarded by mutex_
  std::thread thread_;
};

}  // namespace ecg::clinic
