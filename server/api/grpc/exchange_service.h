// ExchangeService over gRPC.
#pragma once

#include <memory>

#include "server/api/grpc/gateway_directory.h"
#include "server/delivery/delivery.h"

namespace grpc {
class Service;
}

namespace ecg::api {

// Both arguments outlive the service.
std::unique_ptr<grpc::Service> make_exchange_service(delivery::Delivery& delivery,
                                                     GatewayDirectory& directory);

}  // namespace ecg::api
