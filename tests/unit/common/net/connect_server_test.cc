#include "common/net/connect_server.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include "common/net/connect_protocol.h"
#include "common/net/error_detail.h"
#include "common/net/gzip.h"
#include "tests/unit/common/net/server_fixture.h"

namespace ecg::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string body_of(const std::string& response) {
  return response.substr(response.find("\r\n\r\n") + 4);
}

using ConnectServerTest = ServerFixture;

TEST_F(ConnectServerTest, UnaryJsonAnswersAndSetsAStrictCookie) {
  start();
  const auto response = post(kSignIn, R"({"userName":"li","password":"right","unknownField":1})");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(response, HasSubstr("content-type: application/json\r\n"));
  EXPECT_THAT(response, HasSubstr("set-cookie: ecg_session_" + std::to_string(port()) +
                                  "=tok-li; Path=/; HttpOnly; SameSite=Strict\r\n"));
  EXPECT_THAT(response, HasSubstr("cache-control: no-store\r\n"));
  EXPECT_EQ(nlohmann::json::parse(body_of(response))["person"]["userName"], "li");
  EXPECT_TRUE(wait_for_observed(std::string(kSignIn) + " ok"));
}

TEST_F(ConnectServerTest, AnErrorNamesCodeMessageAndDetailButNotTheHiddenCause) {
  start();
  const auto response = post(kSignIn, R"({"userName":"li","password":"wrong"})");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(response, HasSubstr("retry-after: 2\r\n"));
  EXPECT_THAT(response, Not(HasSubstr("hidden")));
  const auto json = nlohmann::json::parse(body_of(response));
  EXPECT_EQ(json["code"], "unauthenticated");
  EXPECT_EQ(json["details"][0]["type"], "ecg.v1.ErrorDetail");
  v1::ErrorDetail detail;
  ASSERT_TRUE(detail.ParseFromString(*from_base64(json["details"][0]["value"].get<std::string>())));
  EXPECT_EQ(detail.code(), 4002u);
  EXPECT_EQ(detail.message_zh(), "用户名或密码不正确");
  EXPECT_EQ(detail.retry_after_ms(), 1500u);
  EXPECT_TRUE(wait_for_observed(std::string(kSignIn) + " kSignInRefused"));
}

TEST_F(ConnectServerTest, AHandlerThatThrowsIsAnInternalFaultAndTheServerLivesOn) {
  start();
  const auto bad = post(kChangePassword, R"({"newPassword":"throw"})", "Authorization: Bearer t\r\n");
  EXPECT_THAT(bad, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(bad, Not(HasSubstr("hidden")));
  EXPECT_THAT(post(kGetSession, "{}", "Authorization: Bearer t\r\n"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ConnectServerTest, UnknownMethodTypeAndBodyAreRefusedByName) {
  start();
  EXPECT_THAT(post("ecg.v1.SignInService/Nothing", "{}"), HasSubstr("E1004"));
  EXPECT_THAT(post(kSignIn, "{}", {}, "text/plain"), StartsWith("HTTP/1.1 415 "));
  EXPECT_THAT(post(kSignIn, "{not json"), HasSubstr("E1003"));
  EXPECT_THAT(post(kSignIn, "\xff\xff\xff", {}, "application/proto"), HasSubstr("E1003"));
  EXPECT_THAT(post(kSignIn, "{}", "Content-Encoding: gzip\r\n"), HasSubstr("E1003"));
  EXPECT_THAT(post(kSubscribe, "{}"), StartsWith("HTTP/1.1 415 "));
}

TEST_F(ConnectServerTest, BigAnswersAreGzippedOnlyForWhoTakesThem) {
  start();
  const std::string bearer = "Authorization: Bearer t\r\n";
  const auto packed = post(kGetSession, "{}", bearer + "Accept-Encoding: br, gzip\r\n");
  EXPECT_THAT(packed, HasSubstr("content-encoding: gzip\r\n"));
  const auto unpacked = gunzip(body_of(packed), 100000);
  ASSERT_TRUE(unpacked.has_value());
  EXPECT_THAT(*unpacked, HasSubstr("cccccc"));
  EXPECT_THAT(post(kGetSession, "{}", bearer + "Accept-Encoding: gzip;q=0\r\n"),
              Not(HasSubstr("content-encoding")));
  EXPECT_THAT(post(kGetSession, "{}", bearer), Not(HasSubstr("content-encoding")));
}

TEST_F(ConnectServerTest, OneConnectionServesRequestsOneAfterTheOtherAndPipelined) {
  start();
  RawClient client(port());
  const std::string one = "POST /" + std::string(kSignIn) + " HTTP/1.1\r\nHost: " + host() +
                          "\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
  client.send(one + one);
  std::string all;
  while (true) {
    const auto part = client.receive(2000, "E4002");
    if (part.empty()) break;
    all += part;
    if (all.find("HTTP/1.1 401", 20) != std::string::npos && all.ends_with("]}")) break;
  }
  EXPECT_NE(all.find("HTTP/1.1 401", 20), std::string::npos) << all;
  client.send(one);
  EXPECT_THAT(client.receive(2000, "]}"), StartsWith("HTTP/1.1 401"));
}

TEST_F(ConnectServerTest, CallsByCookieNeedOurHeaderAndOrigin) {
  start();
  const std::string cookie = "Cookie: a=b; ecg_session_" + std::to_string(port()) + "=tok\r\n";
  const std::string ours = "X-Ecg-Client: web\r\n";
  EXPECT_THAT(post(kGetSession, "{}", cookie + ours), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(post(kGetSession, "{}",
                   cookie + ours + "Origin: http://" + host() + "\r\nSec-Fetch-Site: same-origin\r\n"),
              StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(post(kGetSession, "{}", cookie), HasSubstr("E4008"));
  EXPECT_THAT(post(kGetSession, "{}", cookie + ours + "Origin: http://evil.example\r\n"), HasSubstr("E4008"));
  EXPECT_THAT(post(kGetSession, "{}", cookie + ours + "Origin: https://" + host() + "\r\n"),
              HasSubstr("E4008"));
  EXPECT_THAT(post(kGetSession, "{}", cookie + ours + "Origin: null\r\n"), HasSubstr("E4008"));
  EXPECT_THAT(post(kGetSession, "{}", cookie + ours + "Sec-Fetch-Site: cross-site\r\n"), HasSubstr("E4008"));
  EXPECT_THAT(post(kGetSession, "{}", cookie + ours + "Sec-Fetch-Site: same-site\r\n"), HasSubstr("E4008"));
  EXPECT_THAT(post(kSignIn, "{}", "Origin: http://evil.example\r\n"), HasSubstr("E4008"));
  EXPECT_THAT(post(kGetSession, "{}"), HasSubstr("E4001"));
  EXPECT_THAT(post(kGetSession, "{}", "Cookie: ecg_session_1=tok\r\n" + ours), HasSubstr("E4001"));
}

TEST_F(ConnectServerTest, SignOutClearsTheCookie) {
  start();
  EXPECT_THAT(post(kSignOut, "{}", "Authorization: Bearer t\r\n"),
              HasSubstr("SameSite=Strict; Max-Age=0\r\n"));
}

TEST_F(ConnectServerTest, LoopbackAnswersOnlyToItsOwnNames) {
  start();
  for (const std::string name :
       {"evil.example", "127.0.0.1.evil.example", "", "localhost.evil:80", "[::1].x"}) {
    RawClient client(port());
    client.send("GET /healthz HTTP/1.1\r\nHost: " + name + "\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(client.receive(), HasSubstr("E4008")) << name;
  }
  for (const auto& name :
       std::vector<std::string>{"localhost:" + std::to_string(port()), "127.0.0.1", "[::1]:1"}) {
    RawClient client(port());
    client.send("GET /healthz HTTP/1.1\r\nHost: " + name + "\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 404")) << name;
  }
}

TEST_F(ConnectServerTest, StreamDeliversMessagesAndItsOutcome) {
  start();
  RawClient client(port());
  const std::string body = envelope(0, "{}");
  client.send("POST /" + std::string(kSubscribe) + " HTTP/1.1\r\nHost: " + host() +
              "\r\nContent-Type: application/connect+json\r\nContent-Length: " + std::to_string(body.size()) +
              "\r\n\r\n" + body);
  EXPECT_THAT(client.receive(2000, "hello"), HasSubstr("content-type: application/connect+json\r\n"));
  const auto stream = wait_for_stream();
  ASSERT_NE(stream, nullptr);
  v1::SubscribeResponse event;
  event.mutable_lagged();
  EXPECT_TRUE(stream->write(event));
  stream->finish(Error{ErrorCode::kLeaseLost, "s1"});
  const auto rest = client.receive();
  EXPECT_THAT(rest, HasSubstr("lagged"));
  EXPECT_THAT(rest, HasSubstr("\"code\":\"aborted\""));
  EXPECT_THAT(rest, HasSubstr("0\r\n\r\n"));
  EXPECT_TRUE(stream->closed());
  EXPECT_FALSE(stream->write(event));
  EXPECT_TRUE(wait_for_observed(std::string(kSubscribe) + " kLeaseLost"));
}

TEST_F(ConnectServerTest, TheObserverOfAStreamIsToldWhoCalled) {
  start();
  (void)post(kSubscribe, envelope(0, R"({"sites":true})"), "Authorization: Bearer li\r\n",
             "application/connect+json");
  ASSERT_TRUE(wait_for_observed(std::string(kSubscribe) + " kNotAllowed"));
  const std::scoped_lock lock(mutex_);
  EXPECT_EQ(callers_, std::vector<std::string>{"li"});
}

TEST_F(ConnectServerTest, StreamRefusedByItsHandlerEndsWithTheError) {
  start();
  const auto response = post(kSubscribe, envelope(0, R"({"sites":true})"), {}, "application/connect+json");
  EXPECT_THAT(response, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(response, HasSubstr("E4003"));
  EXPECT_THAT(post(kSubscribe, "{}", {}, "application/connect+json"), HasSubstr("E1003"));
}

TEST_F(ConnectServerTest, AStreamWhosePeerLeftIsReportedClosed) {
  start();
  {
    RawClient client(port());
    const std::string body = envelope(0, "");
    client.send("POST /" + std::string(kSubscribe) + " HTTP/1.1\r\nHost: " + host() +
                "\r\nContent-Type: application/connect+proto\r\nContent-Length: 5\r\n\r\n" + body);
    ASSERT_NE(wait_for_stream(), nullptr);
  }
  for (int i = 0; i < 500 && !stream_closed_; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_TRUE(stream_closed_);
}

TEST_F(ConnectServerTest, ASlowStreamHoldsABoundedQueueAndRecovers) {
  start();
  RawClient client(port());
  client.send("POST /" + std::string(kSubscribe) + " HTTP/1.1\r\nHost: " + host() +
              "\r\nContent-Type: application/connect+proto\r\nContent-Length: 5\r\n\r\n" + envelope(0, ""));
  const auto stream = wait_for_stream();
  ASSERT_NE(stream, nullptr);
  v1::SubscribeResponse big;
  big.mutable_hello()->set_version(std::string(32 * 1024, 'x'));
  int accepted = 0;
  while (accepted < 100000 && stream->write(big)) ++accepted;
  EXPECT_LT(accepted, 100000);
  EXPECT_FALSE(stream->closed());
  client.receive(200);
  EXPECT_TRUE(stream->write(big));
}

TEST_F(ConnectServerTest, StopEndsStreamsWithShuttingDownAndLetsCallsFinish) {
  start();
  RawClient stream_client(port());
  stream_client.send("POST /" + std::string(kSubscribe) + " HTTP/1.1\r\nHost: " + host() +
                     "\r\nContent-Type: application/connect+json\r\nContent-Length: 5\r\n\r\n" +
                     envelope(0, ""));
  ASSERT_NE(wait_for_stream(), nullptr);
  RawClient call_client(port());
  const std::string body = R"({"newPassword":"block"})";
  call_client.send("POST /" + std::string(kChangePassword) + " HTTP/1.1\r\nHost: " + host() +
                   "\r\nAuthorization: Bearer t\r\nContent-Type: application/json\r\nContent-Length: " +
                   std::to_string(body.size()) + "\r\n\r\n" + body);
  std::thread later([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    release_ = true;
  });
  while (server_->connections() < 2) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // lets the call reach its handler
  server_->stop();
  later.join();
  EXPECT_THAT(call_client.receive(), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(stream_client.receive(), HasSubstr("E6203"));
  EXPECT_FALSE(RawClient(port()).connected());
}

TEST_F(ConnectServerTest, TooManyWaitingCallsAreToldToWait) {
  options_.worker_threads = 1;
  options_.waiting_max = 2;
  start();
  std::vector<std::unique_ptr<RawClient>> clients;
  const std::string body = R"({"newPassword":"block"})";
  for (int i = 0; i < 8; ++i) {
    clients.push_back(std::make_unique<RawClient>(port()));
    clients.back()->send(
        "POST /" + std::string(kChangePassword) + " HTTP/1.1\r\nHost: " + host() +
        "\r\nAuthorization: Bearer t\r\nConnection: close\r\nContent-Type: application/json\r\n"
        "Content-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  release_ = true;
  int overloaded = 0;
  int done = 0;
  for (auto& client : clients) {
    const auto response = client->receive();
    overloaded +=
        response.starts_with("HTTP/1.1 503") && response.find("retry-after: 1") != std::string::npos ? 1 : 0;
    done += response.starts_with("HTTP/1.1 200") ? 1 : 0;
  }
  EXPECT_EQ(overloaded + done, 8);
  EXPECT_GE(overloaded, 5);
  EXPECT_GE(done, 2);
}

TEST_F(ConnectServerTest, NonsenseOnTheWireIsRefusedAndTheServerLivesOn) {
  start();
  const std::string h = "Host: " + host() + "\r\n";
  const std::string post_line =
      "POST /" + std::string(kSignIn) + " HTTP/1.1\r\n" + h + "Content-Type: application/json\r\n";
  const std::vector<std::string> nonsense = {
      std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11),
      std::string("\0\0\0\0", 4),
      "GET / HTTP/1.1\n" + h + "\n",
      "GET / HTTP/3.7\r\n" + h + "\r\n",
      "GET http://evil.example/ HTTP/1.1\r\n" + h + "\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\n" + h + h + "\r\n",
      "GET / HTTP/1.1\r\n" + h + "X: a\r\n folded\r\n\r\n",
      "GET / HTTP/1.1\r\n" + h + std::string("X: a\0b\r\n\r\n", 10),
      "GET / HTTP/1.1\r\n" + h + "X : a\r\n\r\n",
      "GET / HTTP/1.1\r\n" + h + "no colon\r\n\r\n",
      post_line + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      post_line + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
      post_line + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
      post_line + "Content-Length: 2, 2\r\n\r\n{}",
      post_line + "Content-Length: -1\r\n\r\n",
      post_line + "Content-Length: +2\r\n\r\n{}",
      post_line + "Content-Length: 99999999999999999999\r\n\r\n",
      post_line + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      post_line + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
      post_line + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      std::string(4096, 'A'),
  };
  for (const auto& text : nonsense) {
    RawClient client(port());
    client.send(text);
    const auto answer = client.receive(text.size() == 4096 ? 300 : 2000);
    if (text.size() == 4096) continue;
    EXPECT_THAT(answer, ::testing::AnyOf(StartsWith("HTTP/1.1 400"), StartsWith("HTTP/1.1 413"),
                                         StartsWith("HTTP/1.1 505")))
        << text;
    EXPECT_TRUE(client.closed_by_server()) << text;
  }
  EXPECT_THAT(post(kSignIn, "{}"), StartsWith("HTTP/1.1 401 "));
}

TEST_F(ConnectServerTest, ChunkedBodiesAreRead) {
  start();
  RawClient client(port());
  client.send("POST /" + std::string(kSignIn) + " HTTP/1.1\r\nHost: " + host() +
              "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
              "11\r\n{\"userName\":\"li\",\r\n14\r\n\"password\": \"right\"}\r\n0\r\n\r\n");
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 200 "));
}

TEST_F(ConnectServerTest, HeaderAndBodyLimitsAreMetAndNotExceeded) {
  start();
  const std::string base = "GET /none HTTP/1.1\r\nHost: " + host() + "\r\nConnection: close\r\nX: ";
  const auto fill = [&](std::size_t total) {
    return base + std::string(total - base.size() - 4, 'x') + "\r\n\r\n";
  };
  {
    RawClient client(port());
    client.send(fill(limits::kHttpHeaderBytesMax));
    EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 404"));
  }
  {
    RawClient client(port());
    client.send(fill(limits::kHttpHeaderBytesMax + 1));
    EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 431"));
  }
  std::string body = R"({"userName":"li","password":"right","x":")";
  body += std::string(limits::kHttpBodyBytesMax - body.size() - 2, ' ') + "\"}";
  ASSERT_EQ(body.size(), limits::kHttpBodyBytesMax);
  EXPECT_THAT(post(kSignIn, body), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(post(kSignIn, body + " "), StartsWith("HTTP/1.1 413"));
}

TEST_F(ConnectServerTest, AHeaderThatDoesNotComeIsNotWaitedForLong) {
  options_.header_timeout = std::chrono::milliseconds(200);
  start();
  RawClient silent(port());
  RawClient slow(port());
  slow.send("GET / HTT");
  EXPECT_EQ(silent.receive(3000), "");
  EXPECT_TRUE(silent.closed_by_server());
  slow.receive(3000);
  EXPECT_TRUE(slow.closed_by_server());
}

TEST_F(ConnectServerTest, ConnectionsOfOneAddressAreCapped) {
  options_.connections_per_address = 3;
  start();
  std::vector<std::unique_ptr<RawClient>> held;
  for (int i = 0; i < 3; ++i) held.push_back(std::make_unique<RawClient>(port()));
  while (server_->connections() < 3) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  RawClient fourth(port());
  fourth.receive(2000);
  EXPECT_TRUE(fourth.closed_by_server());
  held.pop_back();
  while (server_->connections() > 2) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_THAT(post(kSignIn, "{}"), StartsWith("HTTP/1.1 401"));
}

TEST_F(ConnectServerTest, ManyConnectionsAtOnceLeaveTheServerAnswering) {
  options_.connections_per_address = 1000;
  start();
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  rlimit few = before;
  few.rlim_cur = 96;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  {
    std::vector<std::unique_ptr<RawClient>> flood;
    for (int i = 0; i < 200; ++i) flood.push_back(std::make_unique<RawClient>(port()));
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
  ::setrlimit(RLIMIT_NOFILE, &before);
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_THAT(post(kSignIn, "{}"), StartsWith("HTTP/1.1 401"));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(2));
}

TEST_F(ConnectServerTest, PlainRoutesRedirectsAndReach) {
  make();
  server_->get("/healthz", [] { return PlainAnswer{200, "application/json", "{\"ok\":true}"}; });
  server_->get(
      "/metrics",
      [] {
        return PlainAnswer{200, "text/plain", "m 1\n"};
      },
      Reach::kThisMachine);
  server_->redirect("/", "/reader");
  ASSERT_TRUE(server_->listen_loopback(0).ok());
  EXPECT_THAT(get("/healthz"), HasSubstr("{\"ok\":true}"));
  EXPECT_THAT(get("/metrics"), HasSubstr("m 1"));
  EXPECT_THAT(get("/"), HasSubstr("location: /reader\r\n"));
  const auto missing = get("/none");
  EXPECT_THAT(missing, StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(missing, HasSubstr("frame-ancestors 'none'"));
  EXPECT_THAT(missing, HasSubstr("x-content-type-options: nosniff\r\n"));
  EXPECT_THAT(get("/"), Not(HasSubstr("unsafe-inline")));
  RawClient put(port());
  put.send("PUT /healthz HTTP/1.1\r\nHost: " + host() + "\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(put.receive(), StartsWith("HTTP/1.1 405"));
}

TEST_F(ConnectServerTest, FilesAreServedAndNothingOutsideTheFolder) {
  write("dist/index.html", "<p>front</p>");
  write("dist/reader.html", "<p>reader</p>");
  write("dist/assets/app-1a2b.js", std::string(5000, 'j'));
  write("dist/.hidden", "secret");
  write("secret.txt", "secret");
  std::filesystem::create_symlink(folder_ / "secret.txt", folder_ / "dist/link.txt");
  make();
  server_->serve_files("/", folder_ / "dist");
  ASSERT_TRUE(server_->listen_loopback(0).ok());
  EXPECT_THAT(get("/"), HasSubstr("front"));
  const auto page = get("/reader");
  EXPECT_THAT(page, HasSubstr("content-type: text/html; charset=utf-8\r\n"));
  EXPECT_THAT(page, HasSubstr("cache-control: no-cache\r\n"));
  const auto script = get("/assets/app-1a2b.js", "Accept-Encoding: gzip\r\n");
  EXPECT_THAT(script, HasSubstr("immutable"));
  EXPECT_THAT(script, HasSubstr("content-encoding: gzip"));
  const auto etag_at = script.find("etag: ") + 6;
  const auto etag = script.substr(etag_at, script.find('\r', etag_at) - etag_at);
  EXPECT_THAT(get("/assets/app-1a2b.js", "If-None-Match: " + etag + "\r\n"), StartsWith("HTTP/1.1 304"));
  for (const std::string path :
       {"/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/../../secret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt", "//etc/passwd", "/%2fetc/passwd", "/.hidden", "/link.txt",
        "/..\\secret.txt", "/secret.txt%00.html", "/%zz", "/assets/."})
    EXPECT_THAT(get(path), StartsWith("HTTP/1.1 404")) << path;
}

TEST_F(ConnectServerTest, APortInUseIsNamed) {
  start();
  ConnectServer other(
      {}, registry_, [](CallContext&) { return Result<void>(); }, nullptr, clock_);
  const auto second = other.listen_loopback(port());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kPortInUse);
  EXPECT_EQ(second.error().subject, "127.0.0.1:" + std::to_string(port()));
}

}  // namespace
}  // namespace ecg::net
