#include "common/formats/sandbox/sandbox.h"

#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/formats/sandbox/transfer.h"

namespace ecg::formats {
namespace {

using SteadyClock = std::chrono::steady_clock;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

// A started process; the destructor leaves none behind.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  ~Child() { kill_and_reap(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Gives it a moment to end by itself, then ends it. Says how it ended, for the log.
  std::string finish() {
    using namespace std::chrono_literals;
    for (int i = 0; i < 100 && pid_ > 0; ++i) {
      int status = 0;
      const pid_t got = ::waitpid(pid_, &status, WNOHANG);
      if (got == 0) {
        std::this_thread::sleep_for(2ms);
        continue;
      }
      pid_ = -1;
      if (got < 0) return "ended";
      if (WIFSIGNALED(status)) return "killed by signal " + std::to_string(WTERMSIG(status));
      return "exit code " + std::to_string(WEXITSTATUS(status));
    }
    kill_and_reap();
    return "had to be killed";
  }

 private:
  void kill_and_reap() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
  }
  pid_t pid_;
};

// Starts program with the descriptor as its standard input and output, no environment and nothing else open.
std::optional<pid_t> start(const std::string& program, const SandboxLimits& limits, int socket) {
  const std::string memory = "--memory-bytes=" + std::to_string(limits.memory_bytes);
  const std::string cpu = "--cpu-seconds=" + std::to_string(limits.cpu.count());
  const std::array<char*, 4> arguments = {const_cast<char*>(program.c_str()),
                                          const_cast<char*>(memory.c_str()), const_cast<char*>(cpu.c_str()),
                                          nullptr};
  char* environment[] = {nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  if (::posix_spawn_file_actions_init(&actions) != 0) return std::nullopt;
  if (::posix_spawnattr_init(&attributes) != 0) {
    ::posix_spawn_file_actions_destroy(&actions);
    return std::nullopt;
  }
  sigset_t none, all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  pid_t pid = -1;
  const bool started =
      ::posix_spawn_file_actions_adddup2(&actions, socket, 0) == 0 &&
      ::posix_spawn_file_actions_adddup2(&actions, socket, 1) == 0 &&
      ::posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0) == 0 &&
      ::posix_spawn_file_actions_addclosefrom_np(&actions, 3) == 0 &&
      ::posix_spawnattr_setsigmask(&attributes, &none) == 0 &&
      ::posix_spawnattr_setsigdefault(&attributes, &all) == 0 &&
      ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) == 0 &&
      ::posix_spawn(&pid, program.c_str(), &actions, &attributes, arguments.data(), environment) == 0;
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (!started) return std::nullopt;
  return pid;
}

enum class Outcome { kAnswered, kEnded, kTimeout, kNonsense };

// Sends the question and collects the answer at once, since the process may answer before it has read
// everything.
Outcome converse(int socket, const std::vector<std::uint8_t>& question, SteadyClock::time_point deadline,
                 std::vector<std::uint8_t>& answer) {
  std::size_t sent = 0;
  std::vector<std::uint8_t> buffer(256 * 1024);
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now()).count();
    if (left <= 0) return Outcome::kTimeout;
    pollfd poll_entry{socket, static_cast<short>(POLLIN | (sent < question.size() ? POLLOUT : 0)), 0};
    const int ready = ::poll(&poll_entry, 1, static_cast<int>(left));
    if (ready < 0 && errno != EINTR) return Outcome::kEnded;
    if (ready <= 0) continue;
    if ((poll_entry.revents & POLLOUT) != 0) {
      const ssize_t n =
          ::send(socket, question.data() + sent, question.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n > 0) sent += static_cast<std::size_t>(n);
      if (n < 0 && errno != EAGAIN && errno != EINTR)
        sent = question.size();  // it no longer listens; it may have spoken
      if (sent == question.size()) ::shutdown(socket, SHUT_WR);
    }
    if ((poll_entry.revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
    const ssize_t n = ::recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (n <= 0) return Outcome::kEnded;
    answer.insert(answer.end(), buffer.begin(), buffer.begin() + n);
    const AnswerState state = answer_state(answer);
    if (state == AnswerState::kComplete) return Outcome::kAnswered;
    if (state == AnswerState::kNonsense) return Outcome::kNonsense;
  }
}

}  // namespace

std::string default_sandbox_program() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::string("ecg-import") : (self.parent_path() / "ecg-import").string();
}

Result<ImportedRecording> read_files_in_sandbox(const std::string& program, std::span<const NamedBlob> files,
                                                const SandboxLimits& limits) {
  if (files.empty()) return Error{ErrorCode::kFormatUnknown, ""};
  const std::string& name = files.front().name;
  const auto deadline = SteadyClock::now() + limits.wall;
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
    return Error{ErrorCode::kImportFailed, name, "socketpair"};
  const Descriptor ours(pair[0]);
  Descriptor theirs(pair[1]);
  const auto pid = start(program, limits, theirs.get());
  theirs.close();
  if (!pid) return Error{ErrorCode::kImportFailed, name, "cannot start " + program};
  Child child(*pid);
  std::vector<std::uint8_t> answer;
  switch (converse(ours.get(), encode_question(files), deadline, answer)) {
    case Outcome::kAnswered:
      return decode_answer(answer, name);
    case Outcome::kTimeout:
      return Error{ErrorCode::kImportFailed, name, "out of time"};
    case Outcome::kNonsense:
      return Error{ErrorCode::kImportFailed, name, "the sandboxed process answered nonsense"};
    case Outcome::kEnded:
      break;
  }
  return Error{ErrorCode::kImportFailed, name,
               "the sandboxed process ended without an answer: " + child.finish()};
}

Result<ImportedRecording> read_in_sandbox(const std::string& program, const std::string& path,
                                          const SandboxLimits& limits) {
  ECG_ASSIGN(const std::vector<NamedBlob> files, load_files(path));
  return read_files_in_sandbox(program, files, limits);
}

}  // namespace ecg::formats
