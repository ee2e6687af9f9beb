// UploadService over gRPC.
#pragma once

#include <memory>

#include "server/api/grpc/gateway_directory.h"
#include "server/ingest/intake.h"

namespace grpc {
class Service;
}

namespace ecg::api {

// Both arguments outlive the service.
std::unique_ptr<grpc::Service> make_upload_service(ingest::Intake& intake, GatewayDirectory& directory);

}  // namespace ecg::api
