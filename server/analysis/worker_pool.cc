#include "server/analysis/worker_pool.h"

#include <utility>

namespace ecg::analysis {

WorkerPool::WorkerPool(PoolOptions options) : options_(std::move(options)) {
  for (int i = 0; i < options_.workers; ++i) threads_.emplace_back([this] { run_worker(); });
}

WorkerPool::~WorkerPool() {
  std::multimap<int, Waiting> unbegun;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    unbegun.swap(waiting_);
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
  for (auto& [rank, entry] : unbegun) entry.job.done(Error{ErrorCode::kShuttingDown, "analysis"});
}

Result<void> WorkerPool::submit(Job job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return Error{ErrorCode::kShuttingDown, "analysis"};
    if (waiting_.size() >= kJobsWaitingMax) return Error{ErrorCode::kOverloaded, "analysis", {}, 1000};
    const auto end = std::chrono::steady_clock::now() + options_.job_time_max;
    const int rank = job.rank;
    waiting_.emplace(rank, Waiting{std::move(job), end});
  }
  changed_.notify_one();
  return {};
}

std::size_t WorkerPool::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

std::uint64_t WorkerPool::replaced() const {
  const std::lock_guard lock(mutex_);
  return replaced_;
}

void WorkerPool::run_worker() {
  WorkerProcess worker(options_.command);
  // A failure here shows again with the first job, which then is answered with it.
  (void)worker.ensure_started();
  for (;;) {
    Waiting next;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (stopping_) return;
      next = std::move(waiting_.begin()->second);
      waiting_.erase(waiting_.begin());
    }
    const auto time_left = [&next] {
      return std::chrono::floor<std::chrono::milliseconds>(next.end - std::chrono::steady_clock::now());
    };
    if (time_left().count() <= 0) {
      next.job.done(Error{ErrorCode::kTimeout, "analysis", "waited too long for a worker"});
      continue;
    }
    auto job = next.job.load();
    if (!job.ok()) {
      next.job.done(job.error());
      continue;
    }
    auto result = worker.run(job.value(), time_left());
    if (!result.ok()) {
      const std::lock_guard lock(mutex_);
      ++replaced_;
    }
    next.job.done(std::move(result));
  }
}

}  // namespace ecg::analysis
