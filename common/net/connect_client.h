// A blocking Connect client for command lines and enrolment: over a Unix socket, HTTPS with a pinned CA, or
// plain loopback. Each call is a connection of its own. A client may be used by one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <google/protobuf/message.h>

#include "common/base/result.h"

namespace ecg::net {

struct Endpoint {
  enum class Kind : std::uint8_t { kUnixSocket, kHttps, kLoopback };
  Kind kind = Kind::kUnixSocket;
  std::string path;  // of the Unix socket
  std::string host;
  std::uint16_t port = 0;
  // kHttps: exactly one of the two is set. A certificate whose chain does not end there, or that names
  // another host, is kTlsFailed before a byte of the call is sent.
  std::string ca_pem;
  std::string
      ca_sha256;  // fingerprint of the CA certificate's DER form, 32 bytes; the server sends the CA itself
};
// "unix:/run/ecg/ctl.sock", "https://center.example:8443", "http://127.0.0.1:8480" (clear text only to this
// machine). Errors: kUsage.
Result<Endpoint> parse_endpoint(std::string_view text);
std::string to_text(const Endpoint& endpoint);

class ConnectClient {
 public:
  struct Options {
    std::string token;  // sent as "Authorization: Bearer"; empty = none
    std::chrono::milliseconds connect_timeout{5'000};
    std::chrono::milliseconds timeout{10'000};  // of a whole unary call
    // The longest silence of a stream; the event stream has a keep-alive every 10 s.
    std::chrono::milliseconds stream_idle_timeout{30'000};
  };
  ConnectClient(Endpoint endpoint, Options options)
      : endpoint_(std::move(endpoint)), options_(std::move(options)) {}

  void set_token(std::string token) { options_.token = std::move(token); }
  const Endpoint& endpoint() const { return endpoint_; }

  // method: "ecg.v1.WorklistService/ListWorklist".
  // Errors: what the server answered, else kServerUnreachable, kTimeout (it may have been done all the same),
  // kTlsFailed, kMalformedRequest (the answer is not the contract's).
  Result<void> unary(std::string_view method, const google::protobuf::Message& request,
                     google::protobuf::Message& response) const;
  template <class Response>
  Result<Response> call(std::string_view method, const google::protobuf::Message& request) const {
    Response response;
    ECG_TRY(unary(method, request, response));
    return response;
  }

  // Calls on_message for every message until the stream ends or it returns false. message is used for each in
  // turn.
  Result<void> server_stream(std::string_view method, const google::protobuf::Message& request,
                             google::protobuf::Message& message,
                             const std::function<bool(const google::protobuf::Message&)>& on_message) const;

  struct Page {
    int status = 0;
    std::string content_type;
    std::string body;
  };
  // A plain GET: "/readyz".
  Result<Page> get(std::string_view path) const;

 private:
  Endpoint endpoint_;
  Options options_;
};

}  // namespace ecg::net
