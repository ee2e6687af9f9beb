#include "common/net/connect_client.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "common/net/tls.h"
#include "tests/unit/common/net/server_fixture.h"

namespace ecg::net {
namespace {

using ::testing::HasSubstr;

class ConnectClientTest : public ServerFixture {
 protected:
  ConnectClient client(std::string token = {}) {
    Endpoint endpoint;
    endpoint.kind = Endpoint::Kind::kLoopback;
    endpoint.host = "127.0.0.1";
    endpoint.port = port();
    return ConnectClient(endpoint, {.token = std::move(token)});
  }
  static v1::SignInRequest sign_in(const std::string& password) {
    v1::SignInRequest request;
    request.set_user_name("li");
    request.set_password(password);
    return request;
  }
};

TEST_F(ConnectClientTest, UnaryCallsAndErrorsArriveAsSent) {
  start();
  const auto answer = client().call<v1::SignInResponse>(kSignIn, sign_in("right"));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->person().user_name(), "li");
  const auto refused = client().call<v1::SignInResponse>(kSignIn, sign_in("wrong"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kSignInRefused);
  EXPECT_EQ(refused.error().retry_after_ms, 1500);
  const auto session = client("t").call<v1::GetSessionResponse>(kGetSession, v1::GetSessionRequest());
  ASSERT_TRUE(session.ok());
  EXPECT_EQ(session->person().id(), "t");
  EXPECT_EQ(session->center_name().size(), 4000u);  // came gzipped
}

TEST_F(ConnectClientTest, TheUnixSocketTellsWhoCallsAndIsClosedToOthers) {
  make();
  const auto path = folder_ / "ctl.sock";
  ASSERT_TRUE(server_->listen_unix(path, 0600).ok());
  struct stat facts {};
  ASSERT_EQ(::stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777u, 0600u);
  const auto endpoint = parse_endpoint("unix:" + path.string());
  ASSERT_TRUE(endpoint.ok());
  const auto session =
      ConnectClient(*endpoint, {}).call<v1::GetSessionResponse>(kGetSession, v1::GetSessionRequest());
  ASSERT_TRUE(session.ok());
  EXPECT_EQ(session->person().id(), "local");
  ConnectServer second(
      {}, registry_, [](CallContext&) { return Result<void>(); }, nullptr, clock_);
  EXPECT_EQ(second.listen_unix(path).error().code, ErrorCode::kPortInUse);
  server_->stop();
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(ConnectClientTest, ASocketFileLeftByADeadProcessIsReplaced) {
  const auto path = folder_ / "ctl.sock";
  {
    auto dead = listen_unix(path, 0600);
    ASSERT_TRUE(dead.ok());
  }
  ASSERT_TRUE(std::filesystem::exists(path));
  make();
  EXPECT_TRUE(server_->listen_unix(path).ok());
}

TEST_F(ConnectClientTest, NobodyListeningIsServerUnreachable) {
  const auto nobody = ConnectClient(*parse_endpoint("unix:" + (folder_ / "none").string()), {})
                          .call<v1::GetSessionResponse>(kGetSession, v1::GetSessionRequest());
  EXPECT_EQ(nobody.error().code, ErrorCode::kServerUnreachable);
}

TEST_F(ConnectClientTest, AnAnswerThatDoesNotComeIsATimeout) {
  start();
  auto patient = client("t");
  v1::ChangePasswordRequest request;
  request.set_new_password("block");
  ConnectClient hasty(patient.endpoint(), {.token = "t", .timeout = std::chrono::milliseconds(200)});
  const auto late = hasty.call<v1::ChangePasswordResponse>(kChangePassword, request);
  release_ = true;
  EXPECT_EQ(late.error().code, ErrorCode::kTimeout);
}

TEST_F(ConnectClientTest, StreamsAreReadMessageByMessage) {
  start();
  int messages = 0;
  v1::SubscribeResponse message;
  std::thread writer([this] {
    const auto stream = wait_for_stream();
    for (int i = 0; i < 100; ++i) {
      v1::SubscribeResponse event;
      event.mutable_site_changed()->set_site_id(std::string(1000, 's'));
      stream->write(event);
    }
    stream->finish({});
  });
  const auto outcome = client().server_stream(kSubscribe, v1::SubscribeRequest(), message, [&](const auto&) {
    ++messages;
    return true;
  });
  writer.join();
  EXPECT_TRUE(outcome.ok());
  EXPECT_EQ(messages, 101);
  v1::SubscribeRequest sites;
  sites.set_sites(true);
  const auto refused = client().server_stream(kSubscribe, sites, message, [](const auto&) { return true; });
  EXPECT_EQ(refused.error().code, ErrorCode::kNotAllowed);
}

class TlsClientTest : public ConnectClientTest {
 protected:
  void start_tls(const std::vector<std::string>& names) {
    auto made = CertificateAuthority::create("county", clock_);
    ASSERT_TRUE(made.ok());
    ca_ = std::make_unique<CertificateAuthority>(std::move(made).value());
    const auto material = ca_->issue_server(names, clock_);
    ASSERT_TRUE(material.ok());
    make();
    const auto port = server_->listen_tls("127.0.0.1", 0, *material);
    ASSERT_TRUE(port.ok());
    endpoint_.kind = Endpoint::Kind::kHttps;
    endpoint_.host = "127.0.0.1";
    endpoint_.port = *port;
  }
  Result<v1::SignInResponse> call() {
    return ConnectClient(endpoint_, {}).call<v1::SignInResponse>(kSignIn, sign_in("right"));
  }
  std::unique_ptr<CertificateAuthority> ca_;
  Endpoint endpoint_;
};

TEST_F(TlsClientTest, PinnedByCertificateOrByFingerprint) {
  start_tls({"127.0.0.1", "center.example"});
  endpoint_.ca_pem = ca_->certificate_pem();
  EXPECT_TRUE(call().ok());
  endpoint_.ca_pem.clear();
  endpoint_.ca_sha256 = ca_->fingerprint();
  EXPECT_TRUE(call().ok());
}

TEST_F(TlsClientTest, AnotherCaOrNoPinIsRefused) {
  start_tls({"127.0.0.1"});
  const auto other = CertificateAuthority::create("county", clock_);
  endpoint_.ca_pem = other->certificate_pem();
  EXPECT_EQ(call().error().code, ErrorCode::kTlsFailed);
  endpoint_.ca_pem.clear();
  endpoint_.ca_sha256 = other->fingerprint();
  EXPECT_EQ(call().error().code, ErrorCode::kTlsFailed);
  endpoint_.ca_sha256.clear();
  EXPECT_EQ(call().error().code, ErrorCode::kTlsFailed);
}

TEST_F(TlsClientTest, ACertificateForAnotherHostIsRefused) {
  start_tls({"10.1.2.3", "center.example"});
  endpoint_.ca_sha256 = ca_->fingerprint();
  EXPECT_EQ(call().error().code, ErrorCode::kTlsFailed);
}

TEST_F(TlsClientTest, ClearTextOnTheTlsPortGetsNoAnswer) {
  start_tls({"127.0.0.1"});
  RawClient raw(endpoint_.port);
  raw.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(raw.receive(2000), ::testing::Not(HasSubstr("HTTP/1.1 200")));
  endpoint_.ca_sha256 = ca_->fingerprint();
  EXPECT_TRUE(call().ok());
}

TEST(Endpoint, OnlyTheThreeFormsAreUnderstood) {
  EXPECT_EQ(to_text(*parse_endpoint("https://center.example:8443/")), "https://center.example:8443");
  EXPECT_EQ(to_text(*parse_endpoint("http://[::1]:8480")), "http://[::1]:8480");
  for (const auto* bad : {"", "center", "unix:", "https://center", "https://:1", "https://h:0",
                          "https://h:70000", "http://center.example:80", "ftp://h:1", "https://h:1/path"})
    EXPECT_EQ(parse_endpoint(bad).error().code, ErrorCode::kUsage) << bad;
}

}  // namespace
}  // namespace ecg::net
