// The blocking byte stream under ConnectClient: a socket, with TLS when the endpoint asks for it, every step
// under a deadline. Inside common/net only.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/net/connect_client.h"

namespace ecg::net {

class ClientWire {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  virtual ~ClientWire() = default;
  // Errors: kServerUnreachable, kTimeout, kTlsFailed.
  static Result<std::unique_ptr<ClientWire>> connect(const Endpoint& endpoint, Deadline deadline);
  virtual Result<void> write(std::string_view data, Deadline deadline) = 0;
  // What there is, at least one byte; empty: the peer has closed.
  virtual Result<std::string> read(Deadline deadline) = 0;
};

}  // namespace ecg::net
