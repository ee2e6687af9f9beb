// A ConnectServer with a few real methods behind it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "ecg/v1/events.pb.h"
#include "ecg/v1/sign_in.pb.h"

#include "common/base/clock.h"
#include "common/net/connect_server.h"
#include "tests/unit/common/net/raw_client.h"

namespace ecg::net {

inline constexpr auto kSignIn = "ecg.v1.SignInService/SignIn";
inline constexpr auto kSignOut = "ecg.v1.SignInService/SignOut";
inline constexpr auto kGetSession = "ecg.v1.SignInService/GetSession";
inline constexpr auto kChangePassword = "ecg.v1.SignInService/ChangePassword";
inline constexpr auto kSubscribe = "ecg.v1.EventService/Subscribe";

class ServerFixture : public ::testing::Test {
 protected:
  ServerFixture() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ecg-net-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    register_methods();
    options_.stop_grace = std::chrono::milliseconds(2000);
  }
  ~ServerFixture() override {
    if (server_) server_->stop();
    std::filesystem::remove_all(folder_);
  }

  ConnectServer& make() {
    server_ = std::make_unique<ConnectServer>(
        options_, registry_, [this](CallContext& context) { return guard(context); },
        [this](const CallContext& context, const Error* failed, std::chrono::microseconds) {
          const std::scoped_lock lock(mutex_);
          callers_.push_back(context.caller.id);
          observed_.push_back(context.method +
                              (failed == nullptr ? " ok" : " " + std::string(facts(failed->code).name)));
          changed_.notify_all();
        },
        clock_);
    return *server_;
  }
  ConnectServer& start() {
    make();
    const auto port = server_->listen_loopback(0);
    EXPECT_TRUE(port.ok());
    return *server_;
  }
  std::uint16_t port() const { return server_->port(); }
  std::string host() const { return "127.0.0.1:" + std::to_string(port()); }

  std::string post(const std::string& method, const std::string& body, const std::string& more_headers = {},
                   const std::string& type = "application/json") {
    RawClient client(port());
    client.send("POST /" + method + " HTTP/1.1\r\nHost: " + host() + "\r\nContent-Type: " + type +
                "\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n" +
                more_headers + "\r\n" + body);
    return client.receive();
  }
  std::string get(const std::string& path, const std::string& more_headers = {}) {
    RawClient client(port());
    client.send("GET " + path + " HTTP/1.1\r\nHost: " + host() + "\r\nConnection: close\r\n" + more_headers +
                "\r\n");
    return client.receive();
  }
  void write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  std::shared_ptr<Stream> wait_for_stream() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(5), [this] { return stream_ != nullptr; });
    return stream_;
  }
  bool wait_for_observed(const std::string& line) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(5),
                             [&] { return std::ranges::find(observed_, line) != observed_.end(); });
  }

  SystemClock clock_;
  std::filesystem::path folder_;
  ConnectServer::Options options_;
  Registry registry_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> observed_;
  std::vector<std::string> callers_;  // of each observed call
  std::shared_ptr<Stream> stream_;
  std::atomic<bool> stream_closed_{false};
  std::atomic<bool> release_{false};
  std::unique_ptr<ConnectServer> server_;

 private:
  Result<void> guard(CallContext& context) {
    if (context.method == kSubscribe) context.caller.id = context.session_token;
    if (context.method == kSignIn || context.method == kSubscribe) return {};
    if (context.transport == Transport::kUnixSocket && context.peer_uid == ::getuid()) {
      context.caller = {"local", "local", 7, {}};
      return {};
    }
    if (context.session_token == "") return Error{ErrorCode::kNotSignedIn, ""};
    context.caller = {context.session_token, context.session_token, 2, {}};
    return {};
  }

  void register_methods() {
    registry_.unary<v1::SignInRequest, v1::SignInResponse>(
        kSignIn, [](CallContext& context, const v1::SignInRequest& request) -> Result<v1::SignInResponse> {
          if (request.password() != "right")
            return Error{ErrorCode::kSignInRefused, "", "hidden cause", 1500};
          context.new_session_token = "tok-" + request.user_name();
          v1::SignInResponse response;
          response.mutable_person()->set_user_name(request.user_name());
          return response;
        });
    registry_.unary<v1::GetSessionRequest, v1::GetSessionResponse>(
        kGetSession,
        [](CallContext& context, const v1::GetSessionRequest&) -> Result<v1::GetSessionResponse> {
          v1::GetSessionResponse response;
          response.mutable_person()->set_id(context.caller.id);
          response.set_center_name(std::string(4000, 'c'));
          return response;
        });
    registry_.unary<v1::SignOutRequest, v1::SignOutResponse>(
        kSignOut, [](CallContext& context, const v1::SignOutRequest&) -> Result<v1::SignOutResponse> {
          context.new_session_token = "";
          return v1::SignOutResponse();
        });
    registry_.unary<v1::ChangePasswordRequest, v1::ChangePasswordResponse>(
        kChangePassword,
        [this](CallContext&, const v1::ChangePasswordRequest& request) -> Result<v1::ChangePasswordResponse> {
          if (request.new_password() == "throw") throw std::runtime_error("hidden cause");
          while (request.new_password() == "block" && !release_)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
          return v1::ChangePasswordResponse();
        });
    registry_.server_stream<v1::SubscribeRequest>(kSubscribe,
                                                  [this](CallContext&, const v1::SubscribeRequest& request,
                                                         std::shared_ptr<Stream> stream) -> Result<void> {
                                                    if (request.sites())
                                                      return Error{ErrorCode::kNotAllowed, "sites"};
                                                    v1::SubscribeResponse hello;
                                                    hello.mutable_hello()->set_version("1");
                                                    stream->write(hello);
                                                    stream->on_closed([this] { stream_closed_ = true; });
                                                    const std::scoped_lock lock(mutex_);
                                                    stream_ = std::move(stream);
                                                    changed_.notify_all();
                                                    return {};
                                                  });
  }
};

}  // namespace ecg::net
