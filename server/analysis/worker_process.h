// One analysis worker: a child process that takes one job at a time over a socket pair.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

#include "ecg/v1/analysis_job.pb.h"

#include "common/base/result.h"

namespace ecg::analysis {

struct WorkerCommand {
  std::vector<std::string> arguments;  // [0] is the path of the program
  std::uint64_t memory_bytes_max = 0;  // RLIMIT_AS of the child; 0 = no limit
};

// Not thread-safe: one thread starts, uses and destroys it. The child dies with that thread.
class WorkerProcess {
 public:
  explicit WorkerProcess(WorkerCommand command) : command_(std::move(command)) {}
  ~WorkerProcess() { stop(); }
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  // Starts the child unless a living one stands ready. kInternal when it cannot be started.
  Result<void> ensure_started();
  // One job, answered within time_left. After any error the child is dead; the next ensure_started makes
  // another. kTimeout; kInternal: it died, or its answer was not a sound result of this study.
  Result<v1::AnalysisResult> run(const v1::AnalysisJob& job, std::chrono::milliseconds time_left);
  // Kills the child and collects it. A repeat does nothing.
  void stop();
  pid_t pid() const { return pid_; }  // 0: none

 private:
  WorkerCommand command_;
  pid_t pid_ = 0;
  int fd_ = -1;
};

}  // namespace ecg::analysis
