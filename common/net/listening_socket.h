// Listening sockets with named errors, and the process's descriptor cap. Knows no protocol.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include <sys/types.h>

#include "common/base/result.h"

namespace ecg::net {

// Owns a file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    reset(other.release());
    return *this;
  }
  ~Descriptor() { reset(); }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

struct ListeningSocket {
  Descriptor fd;  // non-blocking, close-on-exec
  std::uint16_t port = 0;
};

// address: numeric, "127.0.0.1", "0.0.0.0", "::" (both families). Port 0 takes a free one. No SO_REUSEPORT.
// Errors: kPortInUse, kConfigInvalid (not an address of this machine).
Result<ListeningSocket> listen_tcp(const std::string& address, std::uint16_t port);

// A socket file left by a dead process is replaced; one that answers is kPortInUse. The mode is set before
// the first connection can come in.
Result<ListeningSocket> listen_unix(const std::filesystem::path& path, mode_t mode);

struct AcceptedPeer {
  Descriptor fd;          // invalid: see error
  int error = 0;          // errno of accept; EAGAIN = nobody waits
  std::string address;    // numeric IP (IPv4 also when mapped into IPv6); empty on a Unix socket
  std::uint32_t uid = 0;  // on a Unix socket
};
AcceptedPeer accept_peer(int listening_fd);

// Takes one waiting connection and closes it, by giving up and taking back a spare descriptor; what to do
// when the process has none left. False when that failed too.
bool refuse_with_spare(int listening_fd, Descriptor& spare);
Descriptor open_spare();

// The numeric address of the peer, when fd is a TCP connection to that local port.
std::optional<std::string> peer_of_connection(int fd, std::uint16_t local_port);

// Descriptors with a number at or above this are too many: three quarters of the process's limit. Numbers are
// given out lowest first, so the number of a new one tells how many are in use.
int descriptor_cap();

}  // namespace ecg::net
