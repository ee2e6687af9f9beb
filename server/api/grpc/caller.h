// Who calls over mTLS, asked once at the beginning of each stream.
#pragma once

#include <memory>

#include <grpcpp/server_context.h>

#include "common/base/log.h"
#include "common/net/grpc/grpc_server.h"
#include "common/net/grpc/status.h"
#include "server/api/grpc/gateway_directory.h"

namespace ecg::api {

struct AdmittedStream {
  KnownGateway gateway;
  std::uint64_t stream = 0;  // for stream_closed()
};

// Stream is a StreamReactor. Errors: those of GatewayDirectory.
template <class Stream>
Result<AdmittedStream> admit_stream(GatewayDirectory& directory, const grpc::CallbackServerContext& context,
                                    std::weak_ptr<Stream> stream) {
  const auto certificate = net::peer_certificate(context);
  if (!certificate) return Error{ErrorCode::kGatewayUnknown, "no certificate"};
  auto admitted = directory.admit(*certificate);
  if (!admitted.ok()) {
    log::warning("gateway_refused", admitted.error());
    return admitted.error();
  }
  auto gateway = std::move(admitted).value();
  ECG_ASSIGN(const std::uint64_t number,
             directory.stream_opened(gateway.gateway, {[stream](const Error& error) {
                                                         if (const auto open = stream.lock()) {
                                                           open->drop_and_finish(net::to_status(error));
                                                         }
                                                       },
                                                       [stream] {
                                                         if (const auto open = stream.lock()) open->cut();
                                                       }}));
  return AdmittedStream{std::move(gateway), number};
}

}  // namespace ecg::api
