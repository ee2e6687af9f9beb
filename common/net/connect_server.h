// Serves the methods of a Registry by the Connect protocol, web pages and plain GET routes: to browsers over
// HTTPS, to a page on the same machine over plain loopback HTTP, to ecgctl over a Unix socket. The rules
// against other sites' pages are in web_gate.h, the limits in http_server.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/limits.h"
#include "common/base/result.h"
#include "common/net/rpc.h"
#include "common/net/tls.h"

namespace ecg::net {

// Who may fetch a plain route: everyone who reaches a listener, or only this machine (loopback address, Unix
// socket).
enum class Reach : std::uint8_t { kEveryone, kThisMachine };

struct PlainAnswer {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

class ConnectServer {
 public:
  struct Options {
    int io_threads = 2;
    int worker_threads = 4;
    std::size_t waiting_max = 256;  // requests before the workers; more get kOverloaded with 1 s to wait
    int connections_per_address = limits::kHttpConnectionsPerAddress;
    std::chrono::milliseconds header_timeout{5'000};
    std::chrono::milliseconds idle_timeout{75'000};
    std::chrono::milliseconds stop_grace{10'000};
  };

  // registry, clock: outlive the server; the registry does not change any more. guard and observer: rpc.h.
  ConnectServer(Options options, const Registry& registry, Guard guard, Observer observer,
                const Clock& clock);
  ~ConnectServer();
  ConnectServer(const ConnectServer&) = delete;
  ConnectServer& operator=(const ConnectServer&) = delete;

  // Before the first listen_.... Routes are exact paths; prefix and its folder: "/" and the built pages.
  void get(std::string path, std::function<PlainAnswer()> handler, Reach reach = Reach::kEveryone);
  void serve_files(std::string prefix, std::filesystem::path folder);
  void redirect(std::string path, std::string to);

  // Each may be called several times; port 0 takes a free one. Errors: kPortInUse, kConfigInvalid,
  // kTlsFailed.
  Result<std::uint16_t> listen_tls(const std::string& address, std::uint16_t port,
                                   const TlsMaterial& material);
  Result<std::uint16_t> listen_loopback(std::uint16_t port);  // 127.0.0.1, clear text
  Result<void> listen_unix(const std::filesystem::path& path, mode_t mode = 0600);
  Result<void> replace_tls(const TlsMaterial& material);

  // Of the first TLS or loopback listener; 0 when there is none.
  std::uint16_t port() const;
  int connections() const;
  // Takes nothing new, ends streams with kShuttingDown, lets calls finish within options.stop_grace. A repeat
  // does nothing.
  void stop();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace ecg::net
