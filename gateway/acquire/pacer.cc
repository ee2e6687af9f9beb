#include "gateway/acquire/pacer.h"

namespace ecg::acquire {

void Pacer::start(std::function<void(Duration)> step) {
  step_ = std::move(step);
  thread_ = std::thread([this] { run(); });
}

void Pacer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Pacer::run() {
  const Duration begun = clock_.steady();
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    step_(clock_.steady() - begun);
    lock.lock();
    wake_.wait_for(lock, tick_, [this] { return stopping_; });
  }
}

}  // namespace ecg::acquire
