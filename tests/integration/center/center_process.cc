#include "tests/integration/center/center_process.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ecg::tests {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

}  // namespace

CenterProcess::CenterProcess() {
  std::string pattern = (std::filesystem::temp_directory_path() / "ecg-center-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) std::abort();
  folder_ = pattern;
}

CenterProcess::~CenterProcess() {
  kill_hard();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void CenterProcess::write_configuration() const {
  std::ofstream file(folder_ / "server.toml");
  file << "center_name = \"Test center\"\npublic_host = \"127.0.0.1\"\nstate_dir = \"" << state().string()
       << "\"\n"
       << "web_dir = \"" << folder_.string() << "\"\n"
       << "[gateways]\naddress = \"127.0.0.1\"\nport = 0\n"
       << "[enrolment]\naddress = \"127.0.0.1\"\nport = 0\n"
       << "[browsers]\naddress = \"127.0.0.1\"\nport = 0\n"
       << extra_;
}

bool CenterProcess::start() {
  write_configuration();
  std::error_code ignored;
  std::filesystem::remove(state() / "ports.json", ignored);
  const std::string configuration = (folder_ / "server.toml").string();
  const std::string log_file = (folder_ / "log").string();
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);
    const int log_fd = ::open(log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    ::dup2(log_fd, STDOUT_FILENO);
    ::dup2(log_fd, STDERR_FILENO);
    ::execl(ECG_SERVER_PROGRAM, ECG_SERVER_PROGRAM, "serve", "-c", configuration.c_str(),
            "--insecure-loopback", static_cast<char*>(nullptr));
    ::_exit(127);
  }
  const auto end = steady_clock::now() + std::chrono::seconds{20};
  while (steady_clock::now() < end) {
    if (!running()) return false;
    if (read_ports()) return true;
    std::this_thread::sleep_for(milliseconds{10});
  }
  return false;
}

bool CenterProcess::read_ports() {
  const auto ports = nlohmann::json::parse(content(state() / "ports.json"), nullptr, false);
  if (ports.is_discarded()) return false;
  browsers_port_ = ports.value("browsers", std::uint16_t{0});
  gateways_port_ = ports.value("gateways", std::uint16_t{0});
  enrolment_port_ = ports.value("enrolment", std::uint16_t{0});
  return browsers_port_ != 0;
}

bool CenterProcess::running() {
  if (pid_ <= 0) return false;
  siginfo_t ended{};
  if (::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT) != 0) return false;
  return ended.si_pid == 0;
}

int CenterProcess::stop() {
  if (pid_ <= 0) return -1;
  ::kill(pid_, SIGTERM);
  const auto end = steady_clock::now() + std::chrono::seconds{25};
  int status = 0;
  while (steady_clock::now() < end) {
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = 0;
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    std::this_thread::sleep_for(milliseconds{10});
  }
  return -1;
}

void CenterProcess::kill_hard() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

std::string CenterProcess::log() const {
  return content(folder_ / "log");
}

int CenterProcess::run(const std::string& arguments, std::string* output) {
  const std::string command = std::string(ECG_SERVER_PROGRAM) + " " + arguments + " 2>&1";
  FILE* pipe = ::popen(command.c_str(), "re");
  if (pipe == nullptr) return -1;
  std::array<char, 4096> part{};
  std::size_t got = 0;
  while ((got = std::fread(part.data(), 1, part.size(), pipe)) > 0) output->append(part.data(), got);
  const int status = ::pclose(pipe);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace ecg::tests
