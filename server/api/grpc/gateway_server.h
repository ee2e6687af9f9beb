// The gateways' door: UploadService and ExchangeService over mTLS.
#pragma once

#include <chrono>
#include <memory>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/net/grpc/grpc_server.h"
#include "server/delivery/delivery.h"
#include "server/ingest/intake.h"
#include "server/store/store.h"

namespace ecg::api {

class GatewayServer {
 public:
  // All references outlive it. center: as it stands in the gateways' certificates (identity::gateway_uri).
  // Errors: kPortInUse, kConfigInvalid, kTlsFailed.
  static Result<std::unique_ptr<GatewayServer>> start(net::GrpcServer::Options options, std::string center,
                                                      store::Store& store, const Clock& clock,
                                                      ingest::Intake& intake, delivery::Delivery& delivery);
  ~GatewayServer();
  GatewayServer(const GatewayServer&) = delete;
  GatewayServer& operator=(const GatewayServer&) = delete;

  std::uint16_t port() const;
  net::AcceptLoop::Counts counts() const;
  // Every stream ends with kShuttingDown, so that gateways come back soon; what does not end within the grace
  // is cut. No session is left when it returns. A repeat does nothing.
  void stop(std::chrono::milliseconds grace);

 private:
  struct Impl;
  explicit GatewayServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ecg::api
