#include "gateway/uplink/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include "common/base/limits.h"

namespace ecg::uplink {

std::shared_ptr<grpc::Channel> make_channel(const Enrolment& enrolment) {
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = enrolment.ca_pem;
  tls.pem_private_key = enrolment.key_pem;
  tls.pem_cert_chain = enrolment.certificate_pem;
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 300);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2'000);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 10'000);  // in effect the time a connection may take
  arguments.SetMaxReceiveMessageSize(static_cast<int>(limits::kMessageBytesMax));
  arguments.SetMaxSendMessageSize(static_cast<int>(limits::kMessageBytesMax));
  // Several gateways of one process (tests) must not share a connection: certificates differ.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(enrolment.center_address, grpc::SslCredentials(tls), arguments);
}

}  // namespace ecg::uplink
