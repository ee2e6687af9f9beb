// A thread that does a little work again and again at the speed of real time, and can be stopped at once.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "common/base/clock.h"

namespace ecg::acquire {

// step(elapsed) is called on the thread about every tick with the steady time since start; what it missed it
// makes up for itself. After clock jumps (a suspended machine) elapsed shows the jump.
class Pacer {
 public:
  Pacer(const Clock& clock, Duration tick) : clock_(clock), tick_(tick) {}
  ~Pacer() { stop(); }
  Pacer(const Pacer&) = delete;
  Pacer& operator=(const Pacer&) = delete;

  void start(std::function<void(Duration elapsed)> step);
  // Waits for the step that runs. A repeat changes nothing. Not from step.
  void stop();

 private:
  void run();

  const Clock& clock_;
  const Duration tick_;
  std::function<void(Duration)> step_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace ecg::acquire
