#include "common/net/http_message.h"

#include <algorithm>
#include <charconv>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "common/base/limits.h"

namespace ecg::net {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace asio = boost::asio;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

template <class Fields>
HttpHeaders copy_headers(const Fields& fields) {
  HttpHeaders headers;
  for (const auto& field : fields)
    headers.emplace_back(lower({field.name_string().data(), field.name_string().size()}),
                         std::string(field.value().data(), field.value().size()));
  return headers;
}

// Lines end in CRLF, are not folded, and hold no control characters.
bool well_formed_lines(std::string_view head) {
  for (std::size_t i = 0; i < head.size(); ++i) {
    const auto c = static_cast<unsigned char>(head[i]);
    if (c == '\r') {
      if (i + 1 >= head.size() || head[i + 1] != '\n') return false;
      if (i + 2 < head.size() && (head[i + 2] == ' ' || head[i + 2] == '\t')) return false;
      ++i;
    } else if ((c < 0x20 && c != '\t') || c == 0x7F) {
      return false;
    }
  }
  return true;
}

std::size_t count(const HttpHeaders& headers, std::string_view name) {
  return static_cast<std::size_t>(
      std::ranges::count_if(headers, [&](const auto& header) { return header.first == name; }));
}

// 0 when the message may be read on, else the status to refuse it with.
int check_framing(const HttpHeaders& headers, unsigned version, std::string_view target) {
  if (version != 10 && version != 11) return 505;
  if (target.empty() || target.front() != '/') return 400;
  const auto hosts = count(headers, "host");
  if (hosts > 1 || (version == 11 && hosts == 0)) return 400;
  const auto lengths = count(headers, "content-length");
  const auto codings = count(headers, "transfer-encoding");
  if (lengths > 1 || codings > 1 || (lengths == 1 && codings == 1)) return 400;
  if (codings == 1 && (version == 10 || lower(find_header(headers, "transfer-encoding")) != "chunked"))
    return 400;
  if (lengths == 1) {
    const auto text = find_header(headers, "content-length");
    if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return 400;
  }
  return 0;
}

}  // namespace

std::string_view find_header(const HttpHeaders& headers, std::string_view name) {
  for (const auto& [key, value] : headers)
    if (key == name) return value;
  return {};
}

std::string_view reason_phrase(int status) {
  const auto text = http::obsolete_reason(static_cast<http::status>(status));
  return {text.data(), text.size()};
}

std::string response_head(const HttpResponse& response, bool keep_alive, bool chunked) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head += reason_phrase(response.status);
  head += "\r\n";
  for (const auto& [name, value] : response.headers) head += name + ": " + value + "\r\n";
  if (chunked)
    head += "transfer-encoding: chunked\r\n";
  else if (response.status != 304 && response.status != 204)
    head += "content-length: " + std::to_string(response.body.size()) + "\r\n";
  if (!keep_alive) head += "connection: close\r\n";
  return head + "\r\n";
}

std::string request_head(std::string_view method, std::string_view target, const HttpHeaders& headers,
                         std::size_t body_bytes) {
  std::string head = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\n";
  for (const auto& [name, value] : headers) head += name + ": " + value + "\r\n";
  if (body_bytes > 0 || method == "POST") head += "content-length: " + std::to_string(body_bytes) + "\r\n";
  return head + "\r\n";
}

std::string chunk(std::string_view data) {
  char size[17];
  const auto end = std::to_chars(size, size + sizeof size, data.size(), 16).ptr;
  std::string out(size, end);
  out += "\r\n";
  out += data;
  out += "\r\n";
  return out;
}

struct RequestParser::Impl {
  explicit Impl(std::size_t limit) : body_bytes_max(limit) { reset(); }

  void reset() {
    parser.emplace();
    parser->header_limit(static_cast<std::uint32_t>(limits::kHttpHeaderBytesMax));
    parser->body_limit(body_bytes_max);
    parser->eager(true);
    head = {};
    header_done = false;
    refusal = 0;
  }

  State refuse(int status) {
    refusal = status;
    return State::kRefused;
  }

  // Hands bytes to Beast; false when it refuses them.
  bool put(std::string& buffer) {
    beast::error_code code;
    while (!buffer.empty() && !parser->is_done()) {
      const auto used = parser->put(asio::buffer(buffer), code);
      buffer.erase(0, used);
      if (code == http::error::need_more || used == 0) break;
      if (code) break;
    }
    if (!code || code == http::error::need_more) return true;
    refusal = code == http::error::body_limit ? 413 : code == http::error::header_limit ? 431 : 400;
    return false;
  }

  State read_header(std::string& buffer) {
    while (!header_started && buffer.starts_with("\r\n")) buffer.erase(0, 2);  // RFC 9112 2.2
    if (buffer.empty()) return State::kNeedMore;
    if (buffer.front() < 'A' || buffer.front() > 'Z') return refuse(400);
    header_started = true;
    const auto end = buffer.find("\r\n\r\n");
    const std::string_view seen = std::string_view(buffer).substr(0, end);
    if (seen.size() + 4 > limits::kHttpHeaderBytesMax) return refuse(431);
    if (end == std::string::npos) {
      const bool half_line_end = seen.ends_with('\r');
      return well_formed_lines(half_line_end ? seen.substr(0, seen.size() - 1) : seen) ? State::kNeedMore
                                                                                       : refuse(400);
    }
    if (!well_formed_lines(seen)) return refuse(400);
    std::string header = buffer.substr(0, end + 4);
    buffer.erase(0, end + 4);
    if (!put(header)) return State::kRefused;
    if (!parser->is_header_done()) return refuse(400);
    return accept_header();
  }

  State accept_header() {
    const auto& message = parser->get();
    head.headers = copy_headers(message);
    const std::string target(message.target().data(), message.target().size());
    if (const int status = check_framing(head.headers, message.version(), target); status != 0)
      return refuse(status);
    if (parser->content_length() && *parser->content_length() > body_bytes_max) return refuse(413);
    head.method = std::string(message.method_string().data(), message.method_string().size());
    const auto query = target.find('?');
    head.path = target.substr(0, query);
    if (query != std::string::npos) head.query = target.substr(query + 1);
    head.keep_alive = parser->keep_alive();
    header_done = true;
    return State::kNeedMore;
  }

  std::size_t body_bytes_max;
  std::optional<http::request_parser<http::string_body>> parser;
  HttpRequest head;
  bool header_started = false;
  bool header_done = false;
  int refusal = 0;
};

RequestParser::RequestParser(std::size_t body_bytes_max) : impl_(std::make_unique<Impl>(body_bytes_max)) {}
RequestParser::~RequestParser() = default;

RequestParser::State RequestParser::feed(std::string& buffer) {
  if (impl_->refusal != 0) return State::kRefused;
  if (!impl_->header_done) {
    if (impl_->read_header(buffer) == State::kRefused) return State::kRefused;
    if (!impl_->header_done) return State::kNeedMore;
  }
  if (!impl_->put(buffer)) return State::kRefused;
  return impl_->parser->is_done() ? State::kDone : State::kNeedMore;
}

bool RequestParser::header_done() const {
  return impl_->header_done;
}

bool RequestParser::wants_continue() const {
  return impl_->header_done && lower(impl_->head.header("expect")) == "100-continue";
}

int RequestParser::refusal_status() const {
  return impl_->refusal;
}

HttpRequest RequestParser::take() {
  HttpRequest request = std::move(impl_->head);
  request.body = std::move(impl_->parser->get().body());
  impl_->reset();
  impl_->header_started = false;
  return request;
}

struct ResponseParser::Impl {
  http::response_parser<http::string_body> parser;
  HttpHeaders headers;
  bool header_done = false;

  State put(std::string& buffer) {
    beast::error_code code;
    while (!buffer.empty() && !parser.is_done()) {
      const auto used = parser.put(asio::buffer(buffer), code);
      buffer.erase(0, used);
      if (code || used == 0) break;
    }
    if (code && code != http::error::need_more) return State::kRefused;
    if (!header_done && parser.is_header_done()) {
      header_done = true;
      headers = copy_headers(parser.get());
    }
    return parser.is_done() ? State::kDone : State::kNeedMore;
  }
};

ResponseParser::ResponseParser() : impl_(std::make_unique<Impl>()) {
  impl_->parser.header_limit(static_cast<std::uint32_t>(limits::kHttpHeaderBytesMax));
  impl_->parser.body_limit(boost::none);
  impl_->parser.eager(true);
}
ResponseParser::~ResponseParser() = default;

ResponseParser::State ResponseParser::feed(std::string& buffer) {
  return impl_->put(buffer);
}

ResponseParser::State ResponseParser::feed_end() {
  if (!impl_->header_done) return State::kRefused;
  beast::error_code code;
  impl_->parser.put_eof(code);
  return code ? State::kRefused : State::kDone;
}

bool ResponseParser::header_done() const {
  return impl_->header_done;
}
int ResponseParser::status() const {
  return static_cast<int>(impl_->parser.get().result_int());
}
const HttpHeaders& ResponseParser::headers() const {
  return impl_->headers;
}
std::string ResponseParser::take_body() {
  return std::exchange(impl_->parser.get().body(), {});
}

}  // namespace ecg::net
