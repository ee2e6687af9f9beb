// The gateways' listener: gRPC over mTLS behind our own accept loop, with the settings of S-22. A peer
// without a certificate of the CA gets no HTTP/2 frame. Which gateway it is, and whether it is revoked, is
// for the services to check at every call (peer_certificate).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/net/accept_loop.h"
#include "common/net/tls.h"

namespace grpc {
class ServerContextBase;
class Service;
}  // namespace grpc

namespace ecg::net {

class GrpcServer {
 public:
  struct Options {
    std::string address = "0.0.0.0";
    std::uint16_t port = 7443;
    TlsMaterial tls;
    std::string client_ca_pem;  // clients' certificates end there
    AcceptLoop::Options accept;
    std::size_t memory_bytes = 128 * 1024 * 1024;  // for 250 gateways
    int threads_max = 32;
    std::chrono::milliseconds handshake_timeout{10'000};
  };
  // services: not owned, outlive the server. Errors: kPortInUse, kConfigInvalid, kTlsFailed.
  static Result<std::unique_ptr<GrpcServer>> start(Options options,
                                                   const std::vector<grpc::Service*>& services);
  ~GrpcServer();  // as stop without grace
  GrpcServer(const GrpcServer&) = delete;
  GrpcServer& operator=(const GrpcServer&) = delete;

  std::uint16_t port() const;
  AcceptLoop::Counts counts() const;
  // Takes nothing new; calls still open after the grace are cancelled. A repeat does nothing.
  void stop(std::chrono::milliseconds grace);

 private:
  struct Impl;
  explicit GrpcServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The caller's leaf certificate. nullopt: the call did not come over mTLS.
std::optional<CertificateFacts> peer_certificate(const grpc::ServerContextBase& context);

}  // namespace ecg::net
