#include "server/analysis/worker_process.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/analysis/message_pipe.h"
#include "server/analysis/sound_result.h"

namespace ecg::analysis {
namespace {

// Between fork and exec only async-signal-safe calls: other threads of the parent may have held any lock.
[[noreturn]] void become_worker(int fd, char* const* arguments, std::uint64_t memory_bytes_max,
                                pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  if (::dup2(fd, STDIN_FILENO) < 0 || ::dup2(fd, STDOUT_FILENO) < 0) ::_exit(127);
  ::close_range(3, ~0U, 0);
  if (memory_bytes_max > 0) {
    const rlimit limit{memory_bytes_max, memory_bytes_max};
    if (::setrlimit(RLIMIT_AS, &limit) != 0) ::_exit(127);
  }
  const rlimit no_core{0, 0};  // a core would hold a patient's recording
  ::setrlimit(RLIMIT_CORE, &no_core);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::execv(arguments[0], arguments);
  ::_exit(127);
}

}  // namespace

Result<void> WorkerProcess::ensure_started() {
  if (pid_ != 0) {
    if (::waitpid(pid_, nullptr, WNOHANG) == 0) return {};
    ::close(fd_);
    pid_ = 0;
    fd_ = -1;
  }
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
    return Error{ErrorCode::kInternal, "analysis worker", std::string("socketpair: ") + std::strerror(errno)};
  }
  std::vector<char*> arguments;
  for (auto& argument : command_.arguments) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) become_worker(pair[1], arguments.data(), command_.memory_bytes_max, parent);
  ::close(pair[1]);
  if (child < 0) {
    ::close(pair[0]);
    return Error{ErrorCode::kInternal, "analysis worker", std::string("fork: ") + std::strerror(errno)};
  }
  pid_ = child;
  fd_ = pair[0];
  return {};
}

Result<v1::AnalysisResult> WorkerProcess::run(const v1::AnalysisJob& job,
                                              std::chrono::milliseconds time_left) {
  const auto end = std::chrono::steady_clock::now() + time_left;
  ECG_TRY(ensure_started());
  v1::AnalysisResult result;
  Result<void> outcome = write_message(fd_, job, time_left);
  if (outcome.ok()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    outcome = read_message(fd_, result, left);
  }
  if (outcome.ok()) outcome = check_sound(job, result);
  if (outcome.ok()) return result;
  stop();
  Error error = outcome.error();
  if (error.code != ErrorCode::kTimeout) error.code = ErrorCode::kInternal;
  return error;
}

void WorkerProcess::stop() {
  if (pid_ == 0) return;
  ::close(fd_);
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  fd_ = -1;
}

}  // namespace ecg::analysis
