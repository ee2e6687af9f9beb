// Serves HTTP/1.1 on TLS, plain loopback and Unix sockets, within the limits of S-23: it parses, counts,
// times out and hands whole requests on. Knows no protocol above HTTP.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "common/base/limits.h"
#include "common/base/result.h"
#include "common/net/http_message.h"
#include "common/net/rpc.h"
#include "common/net/tls.h"

namespace ecg::net {

struct Peer {
  Transport transport = Transport::kTls;
  std::string address;    // numeric IP; empty on the Unix socket
  std::uint32_t uid = 0;  // on the Unix socket
  std::uint16_t local_port = 0;
};

// The answer to one request. Any thread. Dropped unanswered, it closes the connection.
class Answer {
 public:
  virtual ~Answer() = default;
  virtual void respond(HttpResponse response) = 0;
  // Begins a chunked response (head.body is not used); write and finish follow.
  virtual void start_stream(HttpResponse head) = 0;
  // False: the peer is gone, or too much waits for it (limits::kEventsPerSubscriberMax chunks or 8 MiB);
  // nothing is queued then.
  virtual bool write(std::string data) = 0;
  virtual void finish(std::string last) = 0;
  virtual bool closed() const = 0;
  virtual void on_closed(std::function<void()> callback) = 0;
};

class Connection;

class HttpServer {
 public:
  struct Options {
    int io_threads = 2;
    int connections_per_address = limits::kHttpConnectionsPerAddress;  // not counted on the Unix socket
    std::size_t body_bytes_max = limits::kHttpBodyBytesMax;
    std::chrono::milliseconds handshake_timeout{10'000};
    std::chrono::milliseconds header_timeout{5'000};
    std::chrono::milliseconds idle_timeout{75'000};   // between requests of one connection
    std::chrono::milliseconds write_timeout{30'000};  // for the peer to take what waits, plus 1 s a KiB
  };
  // Called on an I/O thread for every whole request; must not block.
  using Handler = std::function<void(HttpRequest, const Peer&, std::shared_ptr<Answer>)>;

  HttpServer(Options options, Handler handler);
  ~HttpServer();  // stops at once
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Each may be called several times and returns the port it got. Errors: kPortInUse, kConfigInvalid,
  // kTlsFailed.
  Result<std::uint16_t> listen_tls(const std::string& address, std::uint16_t port,
                                   const TlsMaterial& material);
  Result<std::uint16_t> listen_loopback(std::uint16_t port);
  Result<void> listen_unix(const std::filesystem::path& path, mode_t mode);
  // New connections get the new certificate; open ones go on.
  Result<void> replace_tls(const TlsMaterial& material);

  // Takes no more connections, closes idle ones, waits until the rest have their answers or the time is over.
  void stop(std::chrono::milliseconds grace);
  int connections() const;

 private:
  friend class Connection;
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace ecg::net
