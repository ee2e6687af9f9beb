// What time itself brings to a study: ended leases, assignments nobody opened, deadlines and their
// escalation, retakes that never came, critical results nobody confirmed. Which of these falls due when is
// decided in server/domain and stored with the study, so that a restart forgets none.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "common/base/clock.h"
#include "common/base/metrics.h"
#include "server/store/store.h"

namespace ecg::routing {

// Names of the timers kept here (store::TimerRecord::kind).
inline constexpr char kStudyTimer[] = "study";
inline constexpr char kUnconfirmedTimer[] = "critical_unconfirmed";

class Timers {
 public:
  Timers(store::Store& store, const Clock& clock, Metrics& metrics);

  // Applies everything that is due, each in a transaction of its own; one that fails does not hold up the
  // others. Answers when to look again; empty: when something changes. Any thread but the store's.
  Result<std::optional<Timestamp>> run_due();

 private:
  Result<void> apply(const store::TimerRecord& timer);

  store::Store& store_;
  const Clock& clock_;
  Counter leases_ended_, escalations_, failed_;
};

// Runs Timers whenever something is due, and looks again after every commit. All arguments outlive it.
class TimerThread {
 public:
  TimerThread(store::Store& store, const Clock& clock, Timers& timers);
  ~TimerThread();
  TimerThread(const TimerThread&) = delete;
  TimerThread& operator=(const TimerThread&) = delete;

 private:
  void run();

  store::Store& store_;
  const Clock& clock_;
  Timers& timers_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool changed_ = true;    // guarded by mutex_
  bool stopping_ = false;  // guarded by mutex_
  std::uint64_t subscription_ = 0;
  std::thread thread_;
};

}  // namespace ecg::routing
