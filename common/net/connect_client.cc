#include "common/net/connect_client.h"

#include <charconv>
#include <utility>

#include "common/base/limits.h"
#include "common/net/client_wire.h"
#include "common/net/connect_protocol.h"
#include "common/net/gzip.h"
#include "common/net/http_message.h"

namespace ecg::net {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kAnswerBytesMax = 64 * 1024 * 1024;

HttpHeaders common_headers(const Endpoint& endpoint, const std::string& token) {
  HttpHeaders headers;
  const bool local = endpoint.kind == Endpoint::Kind::kUnixSocket;
  const bool v6 = endpoint.host.find(':') != std::string::npos;
  const std::string host = v6 ? "[" + endpoint.host + "]" : endpoint.host;
  headers.emplace_back("host", local ? "localhost" : host + ":" + std::to_string(endpoint.port));
  headers.emplace_back("connection", "close");
  headers.emplace_back("x-ecg-client", "cli");
  if (!token.empty()) headers.emplace_back("authorization", "Bearer " + token);
  return headers;
}

Error not_http(const Endpoint& endpoint) {
  return Error{ErrorCode::kServerUnreachable, to_text(endpoint), "the answer is not HTTP, or ends too early"};
}

// One request and its response, read part by part.
class Conversation {
 public:
  Conversation(const Endpoint& endpoint, std::unique_ptr<ClientWire> wire)
      : endpoint_(endpoint), wire_(std::move(wire)) {}

  // Reads once; kDone when the response is whole.
  Result<ResponseParser::State> step(ClientWire::Deadline deadline) {
    ECG_ASSIGN(const auto data, wire_->read(deadline));
    buffer_ += data;
    const auto state = data.empty() ? parser_.feed_end() : parser_.feed(buffer_);
    if (state == ResponseParser::State::kRefused) return not_http(endpoint_);
    return state;
  }

  Result<std::string> whole_body(ClientWire::Deadline deadline) {
    std::string body;
    for (;;) {
      ECG_ASSIGN(const auto state, step(deadline));
      body += parser_.take_body();
      if (body.size() > kAnswerBytesMax) return Error{ErrorCode::kTooLarge, to_text(endpoint_)};
      if (state == ResponseParser::State::kDone) break;
    }
    if (find_header(parser_.headers(), "content-encoding") != "gzip") return body;
    auto unpacked = gunzip(body, kAnswerBytesMax);
    if (!unpacked) return not_http(endpoint_);
    return std::move(*unpacked);
  }

  ClientWire& wire() { return *wire_; }
  ResponseParser& parser() { return parser_; }

 private:
  const Endpoint& endpoint_;
  const std::unique_ptr<ClientWire> wire_;
  ResponseParser parser_;
  std::string buffer_;
};

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view text) {
  const Error bad{ErrorCode::kUsage, "address: " + std::string(text)};
  Endpoint endpoint;
  if (text.starts_with("unix:")) {
    endpoint.path = text.substr(5);
    if (endpoint.path.empty()) return bad;
    return endpoint;
  }
  if (text.starts_with("https://"))
    endpoint.kind = Endpoint::Kind::kHttps;
  else if (text.starts_with("http://"))
    endpoint.kind = Endpoint::Kind::kLoopback;
  else
    return bad;
  std::string_view rest = text.substr(text.find("//") + 2);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const auto colon = rest.rfind(':');
  if (colon == std::string_view::npos || rest.find('/') != std::string_view::npos) return bad;
  const auto port = rest.substr(colon + 1);
  const auto parsed = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
  if (parsed.ec != std::errc{} || parsed.ptr != port.data() + port.size() || endpoint.port == 0) return bad;
  auto host = rest.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty()) return bad;
  endpoint.host = host;
  const bool own = host == "127.0.0.1" || host == "localhost" || host == "::1";
  if (endpoint.kind == Endpoint::Kind::kLoopback && !own) return bad;
  return endpoint;
}

std::string to_text(const Endpoint& endpoint) {
  if (endpoint.kind == Endpoint::Kind::kUnixSocket) return "unix:" + endpoint.path;
  const std::string scheme = endpoint.kind == Endpoint::Kind::kHttps ? "https://" : "http://";
  const bool v6 = endpoint.host.find(':') != std::string::npos;
  return scheme + (v6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

Result<void> ConnectClient::unary(std::string_view method, const google::protobuf::Message& request,
                                  google::protobuf::Message& response) const {
  const auto begun = steady_clock::now();
  ECG_ASSIGN(const auto body, encode(Codec::kProto, request));
  ECG_ASSIGN(auto wire, ClientWire::connect(endpoint_, begun + options_.connect_timeout));
  auto headers = common_headers(endpoint_, options_.token);
  headers.emplace_back("content-type", content_type({Codec::kProto, false}));
  headers.emplace_back("connect-protocol-version", "1");
  headers.emplace_back("accept-encoding", "gzip");
  Conversation conversation(endpoint_, std::move(wire));
  const auto deadline = begun + options_.timeout;
  ECG_TRY(conversation.wire().write(
      request_head("POST", "/" + std::string(method), headers, body.size()) + body, deadline));
  ECG_ASSIGN(const auto answer, conversation.whole_body(deadline));
  const int status = conversation.parser().status();
  if (status != 200) return error_from_json(answer, status);
  return decode(Codec::kProto, answer, response);
}

Result<void> ConnectClient::server_stream(
    std::string_view method, const google::protobuf::Message& request, google::protobuf::Message& message,
    const std::function<bool(const google::protobuf::Message&)>& on_message) const {
  const auto begun = steady_clock::now();
  ECG_ASSIGN(const auto encoded, encode(Codec::kProto, request));
  const auto body = envelope(0, encoded);
  ECG_ASSIGN(auto wire, ClientWire::connect(endpoint_, begun + options_.connect_timeout));
  auto headers = common_headers(endpoint_, options_.token);
  headers.emplace_back("content-type", content_type({Codec::kProto, true}));
  headers.emplace_back("connect-protocol-version", "1");
  Conversation conversation(endpoint_, std::move(wire));
  ECG_TRY(
      conversation.wire().write(request_head("POST", "/" + std::string(method), headers, body.size()) + body,
                                begun + options_.timeout));
  std::string buffer;
  for (;;) {
    ECG_ASSIGN(const auto state, conversation.step(steady_clock::now() + options_.stream_idle_timeout));
    buffer += conversation.parser().take_body();
    const bool done = state == ResponseParser::State::kDone;
    if (conversation.parser().header_done() && conversation.parser().status() != 200) {
      if (done) return error_from_json(buffer, conversation.parser().status());
      continue;
    }
    for (;;) {
      ECG_ASSIGN(const auto taken, take_envelope(buffer, kAnswerBytesMax));
      if (!taken) break;
      if ((taken->flags & kEndOfStreamFlag) != 0) return outcome_from_end_of_stream(taken->message);
      if (taken->flags != 0) return Error{ErrorCode::kMalformedRequest, "compressed stream message"};
      ECG_TRY(decode(Codec::kProto, taken->message, message));
      if (!on_message(message)) return {};
    }
    if (done) return not_http(endpoint_);
  }
}

Result<ConnectClient::Page> ConnectClient::get(std::string_view path) const {
  const auto begun = steady_clock::now();
  ECG_ASSIGN(auto wire, ClientWire::connect(endpoint_, begun + options_.connect_timeout));
  Conversation conversation(endpoint_, std::move(wire));
  const auto deadline = begun + options_.timeout;
  ECG_TRY(conversation.wire().write(request_head("GET", path, common_headers(endpoint_, options_.token), 0),
                                    deadline));
  ECG_ASSIGN(auto body, conversation.whole_body(deadline));
  return Page{conversation.parser().status(),
              std::string(find_header(conversation.parser().headers(), "content-type")), std::move(body)};
}

}  // namespace ecg::net
