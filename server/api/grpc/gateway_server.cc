#include "server/api/grpc/gateway_server.h"

#include <utility>

#include <grpcpp/impl/codegen/service_type.h>

#include "server/api/grpc/exchange_service.h"
#include "server/api/grpc/gateway_directory.h"
#include "server/api/grpc/upload_service.h"

namespace ecg::api {

struct GatewayServer::Impl {
  Impl(std::string center, store::Store& store, const Clock& clock, ingest::Intake& intake,
       delivery::Delivery& delivery)
      : directory(store, clock, std::move(center)),
        uploads(make_upload_service(intake, directory)),
        exchanges(make_exchange_service(delivery, directory)) {}

  GatewayDirectory directory;
  std::unique_ptr<grpc::Service> uploads, exchanges;
  std::unique_ptr<net::GrpcServer> server;
};

GatewayServer::GatewayServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

GatewayServer::~GatewayServer() {
  stop(std::chrono::milliseconds{0});
}

Result<std::unique_ptr<GatewayServer>> GatewayServer::start(net::GrpcServer::Options options,
                                                            std::string center, store::Store& store,
                                                            const Clock& clock, ingest::Intake& intake,
                                                            delivery::Delivery& delivery) {
  auto impl = std::make_unique<Impl>(std::move(center), store, clock, intake, delivery);
  ECG_ASSIGN(impl->server,
             net::GrpcServer::start(std::move(options), {impl->uploads.get(), impl->exchanges.get()}));
  return std::unique_ptr<GatewayServer>(new GatewayServer(std::move(impl)));
}

std::uint16_t GatewayServer::port() const {
  return impl_->server->port();
}
net::AcceptLoop::Counts GatewayServer::counts() const {
  return impl_->server->counts();
}

void GatewayServer::stop(std::chrono::milliseconds grace) {
  impl_->directory.end_all();
  impl_->server->stop(grace);
}

}  // namespace ecg::api
