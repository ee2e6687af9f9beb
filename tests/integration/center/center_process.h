// A real ecg-server in a temporary folder, on ports the system chose.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

#include <sys/types.h>

namespace ecg::tests {

class CenterProcess {
 public:
  CenterProcess();   // makes the folder and a configuration
  ~CenterProcess();  // kills the process and removes the folder
  CenterProcess(const CenterProcess&) = delete;
  CenterProcess& operator=(const CenterProcess&) = delete;

  // Appended to the configuration before the next start.
  void configure(const std::string& toml) { extra_ += toml + "\n"; }
  // Starts it and waits until it is ready. False: it ended, or is not ready after 20 s; log() says why.
  bool start();
  // SIGTERM; the exit status, or -1 when it did not end within 25 s.
  int stop();
  void kill_hard();  // SIGKILL
  bool running();

  std::filesystem::path folder() const { return folder_; }
  std::filesystem::path state() const { return folder_ / "state"; }
  std::string socket() const { return (state() / "ctl.sock").string(); }
  std::uint16_t browsers_port() const { return browsers_port_; }
  std::uint16_t gateways_port() const { return gateways_port_; }
  std::uint16_t enrolment_port() const { return enrolment_port_; }
  std::string log() const;
  // Runs the program with these arguments and waits; standard output and error go to *output.
  static int run(const std::string& arguments, std::string* output);

 private:
  bool read_ports();
  void write_configuration() const;

  std::filesystem::path folder_;
  std::string extra_;
  pid_t pid_ = 0;
  std::uint16_t browsers_port_ = 0, gateways_port_ = 0, enrolment_port_ = 0;
};

}  // namespace ecg::tests
