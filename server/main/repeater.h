// A thread that does one thing every so often.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace ecg::server {

class Repeater {
 public:
  // The first time after one interval. Calls never overlap.
  Repeater(std::chrono::milliseconds interval, std::function<void()> act)
      : act_(std::move(act)), thread_([this, interval] { run(interval); }) {}
  // Waits for a running call.
  ~Repeater() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }
  Repeater(const Repeater&) = delete;
  Repeater& operator=(const Repeater&) = delete;

 private:
  void run(std::chrono::milliseconds interval) {
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, interval, [this] { return stopping_; })) {
      lock.unlock();
      act_();
      lock.lock();
    }
  }
  std::function<void()> act_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace ecg::server
