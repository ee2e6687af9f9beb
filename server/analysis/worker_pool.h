// The analysis workers of one server: started, watched and replaced here. A job that makes its worker crash,
// hang or answer nonsense costs that job its analysis and nothing else.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "ecg/v1/analysis_job.pb.h"

#include "common/base/result.h"
#include "server/analysis/worker_process.h"

namespace ecg::analysis {

struct PoolOptions {
  WorkerCommand command;
  int workers = 2;
  // From submission to answer, waiting included (reliability.md I-22).
  std::chrono::milliseconds job_time_max{10'000};
};

class WorkerPool {
 public:
  // Jobs that may wait. A job is only its loader until a worker is free, so this bounds no samples in memory.
  static constexpr std::size_t kJobsWaitingMax = 4096;

  struct Job {
    int rank = 0;  // smaller first; equal ranks in the order of submission
    // Called on a pool thread when a worker is free.
    std::function<Result<v1::AnalysisJob>()> load;
    // Called once, on a pool thread or in the destructor. kTimeout; kInternal: the worker failed on it;
    // kShuttingDown: not begun; what load answered.
    std::function<void(Result<v1::AnalysisResult>)> done;
  };

  // Starts the threads and their workers at once.
  explicit WorkerPool(PoolOptions options);
  // Lets running jobs end (at most job_time_max) and answers kShuttingDown for the others.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Any thread, never blocks. kOverloaded, kShuttingDown; done is then not called.
  Result<void> submit(Job job);
  std::size_t waiting() const;
  // Workers that had to be replaced since the start.
  std::uint64_t replaced() const;

 private:
  struct Waiting {
    Job job;
    std::chrono::steady_clock::time_point end;
  };
  void run_worker();

  const PoolOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::multimap<int, Waiting> waiting_;
  std::uint64_t replaced_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace ecg::analysis
