// A plain blocking socket for saying things to a server that no library would say.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "common/net/listening_socket.h"

namespace ecg::net {

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    connected_ = ::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  bool connected() const { return connected_; }
  bool send(std::string_view data) {
    while (!data.empty()) {
      const auto n = ::send(fd_.get(), data.data(), data.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      data.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  // What comes until the server closes, until the text occurs, or for at most that long.
  std::string receive(int timeout_ms = 5000, std::string_view until = {}) {
    std::string out;
    for (;;) {
      pollfd waiting{fd_.get(), POLLIN, 0};
      if (::poll(&waiting, 1, timeout_ms) <= 0) return out;
      char block[16384];
      const auto n = ::recv(fd_.get(), block, sizeof block, 0);
      if (n <= 0) {
        closed_ = true;
        return out;
      }
      out.append(block, static_cast<std::size_t>(n));
      if (!until.empty() && out.find(until) != std::string::npos) return out;
    }
  }
  bool closed_by_server() const { return closed_; }
  void close() { fd_.reset(); }

 private:
  Descriptor fd_;
  bool connected_ = false;
  bool closed_ = false;
};

}  // namespace ecg::net
