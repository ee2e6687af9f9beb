// Plain TCP connections that say nothing.
#pragma once

#include <chrono>
#include <cstdint>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "common/net/listening_socket.h"

namespace ecg::net {

inline Descriptor raw_connect(std::uint16_t port) {
  Descriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  if (fd && ::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fd.reset();
  return fd;
}

inline bool closed_within(const Descriptor& fd, std::chrono::milliseconds time) {
  pollfd waiting{fd.get(), POLLIN, 0};
  if (::poll(&waiting, 1, static_cast<int>(time.count())) <= 0) return false;
  char c = 0;
  return ::recv(fd.get(), &c, 1, 0) <= 0;
}

}  // namespace ecg::net
