// The byte stream under HTTP, clear or in TLS. Inside common/net only: the one header that shows Asio, and
// none of its TLS.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include "common/base/result.h"
#include "common/net/tls.h"

namespace ecg::net {

// All calls on the connection's strand.
class Wire {
 public:
  using Socket = boost::asio::generic::stream_protocol::socket;
  using Failure = boost::system::error_code;
  using Done = std::function<void(Failure, std::size_t)>;
  virtual ~Wire() = default;
  virtual Socket& socket() = 0;
  virtual void handshake(std::function<void(Failure)> done) = 0;
  virtual void read(boost::asio::mutable_buffer into, Done done) = 0;
  virtual void write(boost::asio::const_buffer data, Done done) = 0;
};

// A server's certificate and key, TLS 1.2 or newer with forward secrecy, HTTP/1.1. Errors: kTlsFailed.
struct TlsContext;
Result<std::shared_ptr<TlsContext>> make_tls_context(const TlsMaterial& material);

std::unique_ptr<Wire> make_plain_wire(Wire::Socket socket);
std::unique_ptr<Wire> make_tls_wire(Wire::Socket socket, std::shared_ptr<TlsContext> context);

}  // namespace ecg::net
