// HTTP/1.1 messages as plain values, and their parsers. Knows bytes only: no sockets, no threads.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ecg::net {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;  // names in lower case

// The first value of that name (lower case), empty when there is none.
std::string_view find_header(const HttpHeaders& headers, std::string_view name);

struct HttpRequest {
  std::string method;  // "GET"
  std::string path;    // as sent, without the query; begins with '/'
  std::string query;   // without '?'
  HttpHeaders headers;
  std::string body;
  bool keep_alive = true;
  std::string_view header(std::string_view name) const { return find_header(headers, name); }
};

struct HttpResponse {
  int status = 200;
  HttpHeaders headers;
  std::string body;
  std::string_view header(std::string_view name) const { return find_header(headers, name); }
};

std::string_view reason_phrase(int status);
// Status line, headers and the empty line. Adds Content-Length of the body, or chunked coding for a stream.
std::string response_head(const HttpResponse& response, bool keep_alive, bool chunked);
std::string request_head(std::string_view method, std::string_view target, const HttpHeaders& headers,
                         std::size_t body_bytes);
// One chunk of a chunked body; the last one is kLastChunk.
std::string chunk(std::string_view data);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

// Reads requests off a connection, one after the other. Strict, because two parsers that disagree are how
// requests get smuggled: CRLF only, no folded lines, one Host, one length, no length beside chunked coding.
// Not thread-safe.
class RequestParser {
 public:
  explicit RequestParser(std::size_t body_bytes_max);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  enum class State { kNeedMore, kDone, kRefused };
  // Consumes what it can from the front of buffer.
  State feed(std::string& buffer);
  bool header_done() const;
  bool wants_continue() const;  // header done, and the peer waits for "100 Continue"
  int refusal_status() const;   // after kRefused: 400, 413, 431 or 505
  HttpRequest take();           // after kDone; the parser is then ready for the next request

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Reads one response. Body bytes are handed out as they come. Not thread-safe.
class ResponseParser {
 public:
  ResponseParser();
  ~ResponseParser();
  ResponseParser(const ResponseParser&) = delete;
  ResponseParser& operator=(const ResponseParser&) = delete;

  enum class State { kNeedMore, kDone, kRefused };
  State feed(std::string& buffer);
  State feed_end();  // the peer closed the connection
  bool header_done() const;
  int status() const;
  const HttpHeaders& headers() const;
  std::string take_body();  // what came since the last call

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ecg::net
