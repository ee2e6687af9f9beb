#include "common/net/grpc/grpc_server.h"

#include <utility>

#include <grpcpp/resource_quota.h>
#include <grpcpp/security/auth_context.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/server_context.h>

#include "common/base/limits.h"
#include "common/net/grpc/log_bridge.h"

namespace ecg::net {
namespace {

using grpc::experimental::ExternalConnectionAcceptor;

std::shared_ptr<grpc::ServerCredentials> credentials(const GrpcServer::Options& options) {
  grpc::SslServerCredentialsOptions ssl(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  ssl.pem_root_certs = options.client_ca_pem;
  ssl.pem_key_cert_pairs.push_back({options.tls.key_pem, options.tls.certificate_pem});
  return grpc::SslServerCredentials(ssl);
}

// reliability.md S-22.
void configure(grpc::ServerBuilder& builder, const GrpcServer::Options& options) {
  builder.SetMaxReceiveMessageSize(static_cast<int>(limits::kMessageBytesMax));
  builder.SetMaxSendMessageSize(static_cast<int>(limits::kMessageBytesMax));
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 8 * 1024);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 16);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS,
                             static_cast<int>(options.handshake_timeout.count()));
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 2);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, 5 * 60'000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, 60 * 60'000);  // gRPC adds a tenth of jitter
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, 60'000);
  builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  grpc::ResourceQuota quota("gateways");
  quota.Resize(options.memory_bytes);
  quota.SetMaxThreads(options.threads_max);
  builder.SetResourceQuota(quota);
}

}  // namespace

struct GrpcServer::Impl {
  std::unique_ptr<ExternalConnectionAcceptor> acceptor;
  std::unique_ptr<grpc::Server> server;
  std::unique_ptr<AcceptLoop> loop;
};

GrpcServer::GrpcServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

GrpcServer::~GrpcServer() {
  stop(std::chrono::milliseconds(0));
}

Result<std::unique_ptr<GrpcServer>> GrpcServer::start(Options options,
                                                      const std::vector<grpc::Service*>& services) {
  take_over_grpc_log();
  ECG_TRY(check_material(options.tls));
  ECG_ASSIGN(const auto ca, read_certificate(options.client_ca_pem));
  if (!ca.is_ca) return Error{ErrorCode::kTlsFailed, "clients' certificate authority"};
  ECG_ASSIGN(auto socket, listen_tcp(options.address, options.port));
  auto impl = std::make_unique<Impl>();
  grpc::ServerBuilder builder;
  configure(builder, options);
  for (auto* service : services) builder.RegisterService(service);
  impl->acceptor = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD, credentials(options));
  impl->server = builder.BuildAndStart();
  if (impl->server == nullptr) return Error{ErrorCode::kInternal, "gRPC server"};
  const int listening = socket.fd.get();
  impl->loop = std::make_unique<AcceptLoop>(std::move(socket), options.accept,
                                            [acceptor = impl->acceptor.get(), listening](Descriptor fd) {
                                              ExternalConnectionAcceptor::NewConnectionParameters connection;
                                              connection.listener_fd = listening;
                                              connection.fd = fd.release();
                                              acceptor->HandleNewConnection(&connection);
                                            });
  return std::unique_ptr<GrpcServer>(new GrpcServer(std::move(impl)));
}

std::uint16_t GrpcServer::port() const {
  return impl_->loop->port();
}
AcceptLoop::Counts GrpcServer::counts() const {
  return impl_->loop->counts();
}

void GrpcServer::stop(std::chrono::milliseconds grace) {
  if (impl_->server == nullptr) return;
  impl_->loop->stop();
  impl_->server->Shutdown(std::chrono::system_clock::now() + grace);
  impl_->server->Wait();
  impl_->server.reset();
}

std::optional<CertificateFacts> peer_certificate(const grpc::ServerContextBase& context) {
  const auto identity = context.auth_context();
  if (identity == nullptr || !identity->IsPeerAuthenticated()) return std::nullopt;
  const auto pem = identity->FindPropertyValues("x509_pem_cert");
  if (pem.empty()) return std::nullopt;
  auto certificate = read_certificate(std::string_view(pem.front().data(), pem.front().size()));
  if (!certificate.ok()) return std::nullopt;
  return std::move(certificate).value();
}

}  // namespace ecg::net
