// The program ecgctl talks to: a center or a gateway, over its Unix socket or over HTTP(S) with a signed-in
// session.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <google/protobuf/message.h>

#include "common/base/result.h"

namespace ecg::cli {

struct RemoteOptions {
  std::string
      server;  // URL of a center or Unix socket path; empty: ECG_SERVER, then /run/ecg-server/ctl.sock
  std::string gateway;  // the same for a gateway: ECG_GATEWAY, then /run/ecg-gateway/ctl.sock
  std::string ca_file;  // the center's CA certificate, for https
  int timeout_s = 10;
};

enum class Program { kCenter, kGateway };

class Remote {
 public:
  // Does not connect yet. Errors: kUsage for an address that is neither a URL nor a socket path.
  static Result<Remote> open(const RemoteOptions& options, Program program);
  Remote(Remote&&) noexcept;
  ~Remote();

  // "ecg.v1.WorklistService/ListWorklist". Errors: whatever the method answers; kServerUnreachable.
  template <class Response>
  Result<Response> call(std::string_view method, const google::protobuf::Message& request) {
    Response response;
    ECG_TRY(call_into(method, request, response));
    return response;
  }
  // Reads a server stream until it ends or each() answers false.
  template <class Response>
  Result<void> watch(std::string_view method, const google::protobuf::Message& request,
                     const std::function<bool(const Response&)>& each) {
    Response response;
    return watch_into(method, request, response, [&](const google::protobuf::Message& m) {
      return each(static_cast<const Response&>(m));
    });
  }

  // Keeps the session for later commands against the same address (a 0600 file below the user's state
  // folder).
  Result<void> remember_token(const std::string& token);
  void forget_token();
  const std::string& address() const;
  bool over_socket() const;

 private:
  struct State;
  explicit Remote(std::unique_ptr<State> state);
  Result<void> call_into(std::string_view method, const google::protobuf::Message& request,
                         google::protobuf::Message& response);
  Result<void> watch_into(std::string_view method, const google::protobuf::Message& request,
                          google::protobuf::Message& response,
                          const std::function<bool(const google::protobuf::Message&)>& each);
  std::unique_ptr<State> state_;
};

}  // namespace ecg::cli
