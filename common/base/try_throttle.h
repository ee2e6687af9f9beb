// Slows guessing down: after five failures of one key (account and address) each further try must wait twice
// as long as the one before, and one address may try only so often a minute. Kept in memory; decides, does no
// I/O. Any thread.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <string>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace ecg {

class TryThrottle {
 public:
  struct Options {
    int free_failures = 5;
    Duration first_delay = std::chrono::seconds(2);
    Duration delay_max = std::chrono::minutes(15);
    Duration forget_after = std::chrono::hours(24);  // without a further failure
    int tries_per_minute = 20;                       // of one address
    std::size_t keys_max = 20'000;                   // the longest unused is forgotten first
  };
  TryThrottle(Options options, const Clock& clock) : options_(options), clock_(clock) {}

  // Before a try; counts it against the address. Errors: kTooManyTries with retry_after_ms.
  Result<void> admit(const std::string& account, const std::string& address);
  void failed(const std::string& account, const std::string& address);
  void succeeded(const std::string& account, const std::string& address);

 private:
  struct Failures {
    int count = 0;
    Duration last{};
  };
  Duration delay(int failures) const;
  template <class Map>
  void make_room(Map& map) const;

  const Options options_;
  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Failures> failures_;               // guarded by mutex_
  std::map<std::string, std::deque<Duration>> addresses_;  // guarded by mutex_; tries of the last minute
};

}  // namespace ecg
