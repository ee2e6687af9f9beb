// Accepts TCP connections on a thread of its own and hands them on, whatever a flood does to the process's
// descriptors. It stands before gRPC's server, whose own accept loop stops for ever when it cannot accept
// (CVE-2023-4785).
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <thread>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/net/listening_socket.h"

namespace ecg::net {

class AcceptLoop {
 public:
  struct Options {
    int connections_per_address = 8;
    int descriptor_cap =
        net::descriptor_cap();  // connections with a descriptor at or above it are closed at once
  };
  struct Counts {
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;   // by a cap
    std::uint64_t failures = 0;  // of accept itself
  };
  // Called on the loop's thread; takes over the descriptor.
  using HandOver = std::function<void(Descriptor)>;

  AcceptLoop(ListeningSocket socket, Options options, HandOver hand_over);
  ~AcceptLoop();  // as stop
  AcceptLoop(const AcceptLoop&) = delete;
  AcceptLoop& operator=(const AcceptLoop&) = delete;

  std::uint16_t port() const { return port_; }
  Counts counts() const;
  // Closes the listening socket; what was handed over goes on. A repeat does nothing.
  void stop();

 private:
  void run();
  void accept_waiting();
  bool admit(const AcceptedPeer& peer);
  void count_open_connections();

  const Options options_;
  const HandOver hand_over_;
  const std::uint16_t port_;
  Descriptor listening_;
  Descriptor wake_;
  Descriptor spare_;
  std::atomic<std::uint64_t> accepted_{0}, refused_{0}, failures_{0};
  // Of the loop's thread only. Whoever took a descriptor over does not say when it closes it, so open ones
  // are counted.
  std::map<std::string, int, std::less<>> open_;
  std::chrono::steady_clock::time_point counted_;
  std::thread thread_;
};

}  // namespace ecg::net
