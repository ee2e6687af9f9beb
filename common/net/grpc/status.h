// ecg::Error to and from a gRPC status. The status carries the serialised ecg.v1.ErrorDetail as its details
// (grpc-status-details-bin), and "E2103: ..." as its message.
#pragma once

#include <grpcpp/support/status.h>

#include "common/base/result.h"

namespace ecg::net {

grpc::Status to_status(const Error& error);
grpc::Status to_status(const Result<void>& outcome);
// Precondition: !status.ok(). A status of gRPC itself becomes the nearest entry of the table: UNAVAILABLE is
// kCenterUnreachable, DEADLINE_EXCEEDED kTimeout.
Error from_status(const grpc::Status& status);

}  // namespace ecg::net
