// ecg::Error to and from its form on the wire (ecg.v1.ErrorDetail), the same under gRPC and Connect.
#pragma once

#include <string>
#include <string_view>

#include "ecg/v1/error.pb.h"

#include "common/base/error.h"

namespace ecg::net {

// The hidden detail of the error stays behind.
v1::ErrorDetail to_detail(const Error& error);
// A number that this program does not know (a newer peer) becomes kInternal, with the peer's own text as
// subject.
Error from_detail(const v1::ErrorDetail& detail);
// For a peer that sent a bare code: the entry of the table that comes nearest.
Error from_rpc_code(RpcCode code, std::string_view message);

std::string_view rpc_code_name(RpcCode code);       // "not_found", as Connect spells it
RpcCode rpc_code_from_name(std::string_view name);  // kUnknown when it is none

}  // namespace ecg::net
