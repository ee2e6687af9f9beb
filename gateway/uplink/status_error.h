// What a gRPC status says, as an entry of the one error table. Private to this folder.
#pragma once

#include <grpcpp/support/status.h>

#include "common/base/error.h"

namespace ecg::uplink {

// From the ErrorDetail in the status details; without one from the bare code: no connection is
// kCenterUnreachable. Requires: !status.ok().
Error error_from_status(const grpc::Status& status);

}  // namespace ecg::uplink
