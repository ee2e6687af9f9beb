#include "common/net/grpc/grpc_server.h"

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/server_context.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "ecg/v1/exchange.grpc.pb.h"

#include "common/net/grpc/dial.h"
#include "common/net/grpc/status.h"
#include "tests/unit/common/net/grpc/raw_connect.h"

namespace ecg::net {
namespace {

constexpr auto kUri = "spiffe://county/site/baishi/gw/gw1";

// Answers one heartbeat with one tick; refuses with a named error when the heartbeat's version says so.
class EchoService final : public v1::ExchangeService::Service {
 public:
  grpc::Status Exchange(grpc::ServerContext* context,
                        grpc::ServerReaderWriter<v1::CenterMessage, v1::GatewayMessage>* stream) override {
    const auto certificate = peer_certificate(*context);
    if (!certificate) return to_status(Error{ErrorCode::kGatewayUnknown, "no certificate"});
    uri = certificate->uris.empty() ? "" : certificate->uris.front();
    v1::GatewayMessage message;
    if (!stream->Read(&message)) return grpc::Status::OK;
    if (message.heartbeat().version() == "refuse")
      return to_status(Error{ErrorCode::kOverloaded, "heartbeats", "hidden cause", 700});
    v1::CenterMessage answer;
    answer.mutable_tick();
    stream->Write(answer);
    return grpc::Status::OK;
  }
  std::string uri;
};

class GrpcServerTest : public ::testing::Test {
 protected:
  void start() {
    ca_ = std::make_unique<CertificateAuthority>(CertificateAuthority::create("county", clock_).value());
    options_.address = "127.0.0.1";
    options_.port = 0;
    options_.tls = ca_->issue_server({"127.0.0.1"}, clock_).value();
    options_.client_ca_pem = ca_->certificate_pem();
    auto server = GrpcServer::start(options_, {&service_});
    ASSERT_TRUE(server.ok());
    server_ = std::move(server).value();
  }
  DialOptions gateway(const CertificateAuthority& ca) {
    const auto key = make_key_pem();
    const auto certificate =
        ca.issue_gateway(make_csr_der(key, "gw1").value(), kUri, "gw1", std::chrono::hours(24), clock_);
    return {address(), {certificate.value(), key}, ca_->certificate_pem()};
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(server_->port()); }

  static grpc::Status call(const std::shared_ptr<grpc::Channel>& channel, const std::string& version = "1") {
    const auto stub = v1::ExchangeService::NewStub(channel);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(5));
    const auto stream = stub->Exchange(&context);
    v1::GatewayMessage message;
    message.mutable_heartbeat()->set_version(version);
    stream->Write(message);
    stream->WritesDone();
    v1::CenterMessage answer;
    const bool ticked = stream->Read(&answer) && answer.has_tick();
    auto status = stream->Finish();
    if (status.ok() && !ticked) return {grpc::StatusCode::UNKNOWN, "no tick"};
    return status;
  }
  grpc::Status call_as(const CertificateAuthority& ca) { return call(dial(gateway(ca)).value()); }

  SystemClock clock_;
  EchoService service_;
  GrpcServer::Options options_;
  std::unique_ptr<CertificateAuthority> ca_;
  std::unique_ptr<GrpcServer> server_;
};

TEST_F(GrpcServerTest, AnEnrolledGatewayIsServedAndKnownByItsUri) {
  start();
  EXPECT_TRUE(call_as(*ca_).ok());
  EXPECT_EQ(service_.uri, kUri);
}

TEST_F(GrpcServerTest, NamedErrorsArriveWithSubjectAndDelay) {
  start();
  const auto status = call(dial(gateway(*ca_)).value(), "refuse");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  const auto error = from_status(status);
  EXPECT_EQ(error.code, ErrorCode::kOverloaded);
  EXPECT_EQ(error.subject, "heartbeats");
  EXPECT_EQ(error.retry_after_ms, 700);
  EXPECT_EQ(status.error_message().find("hidden"), std::string::npos);
}

TEST_F(GrpcServerTest, NoCertificateAForeignOneOrAForeignCenterIsRefused) {
  start();
  const auto other = CertificateAuthority::create("county", clock_);
  const auto foreign = call_as(*other);
  EXPECT_EQ(from_status(foreign).code, ErrorCode::kCenterUnreachable);
  grpc::SslCredentialsOptions anonymous;
  anonymous.pem_root_certs = ca_->certificate_pem();
  EXPECT_FALSE(call(grpc::CreateChannel(address(), grpc::SslCredentials(anonymous))).ok());
  auto misled = gateway(*ca_);
  misled.ca_pem = other->certificate_pem();
  EXPECT_FALSE(call(dial(misled).value()).ok());
  EXPECT_TRUE(service_.uri.empty());
  EXPECT_TRUE(call_as(*ca_).ok());
}

TEST_F(GrpcServerTest, AFloodOfPlainConnectionsLeavesItAnswering) {
  options_.accept.connections_per_address = 10'000;
  start();
  ASSERT_TRUE(call_as(*ca_).ok());
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  rlimit few = before;
  few.rlim_cur = 96;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  {
    std::vector<Descriptor> flood;
    for (int i = 0; i < 300; ++i) flood.push_back(raw_connect(server_->port()));
    for (int i = 0; i < 200; ++i) raw_connect(server_->port());
  }
  ::setrlimit(RLIMIT_NOFILE, &before);
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_TRUE(call_as(*ca_).ok());
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(2));
}

TEST_F(GrpcServerTest, APeerThatNeverShakesHandsIsClosed) {
  options_.handshake_timeout = std::chrono::milliseconds(300);
  start();
  const auto silent = raw_connect(server_->port());
  EXPECT_TRUE(closed_within(silent, std::chrono::seconds(3)));
}

TEST_F(GrpcServerTest, APortInUseAndMaterialThatDoesNotFitAreNamed) {
  start();
  auto second = options_;
  second.port = server_->port();
  EXPECT_EQ(GrpcServer::start(second, {}).error().code, ErrorCode::kPortInUse);
  second.port = 0;
  second.tls.key_pem = make_key_pem();
  EXPECT_EQ(GrpcServer::start(second, {}).error().code, ErrorCode::kTlsFailed);
}

TEST_F(GrpcServerTest, StopIsQuietAndFinal) {
  start();
  const auto channel = dial(gateway(*ca_)).value();
  EXPECT_TRUE(call(channel).ok());
  server_->stop(std::chrono::milliseconds(500));
  server_->stop(std::chrono::milliseconds(500));
  EXPECT_FALSE(call(channel).ok());
}

}  // namespace
}  // namespace ecg::net
