#include "common/net/web_gate.h"

#include <array>
#include <string_view>

namespace ecg::net {
namespace {

constexpr std::size_t kTokenBytesMax = 256;

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::string_view cookie_value(const HttpRequest& request, std::string_view name) {
  for (const auto& [header, value] : request.headers) {
    if (header != "cookie") continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const auto end = rest.find(';');
      const auto pair = trim(rest.substr(0, end));
      if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
        return pair.substr(name.size() + 1);
      if (end == std::string_view::npos) break;
      rest.remove_prefix(end + 1);
    }
  }
  return {};
}

std::string_view bearer(const HttpRequest& request) {
  constexpr std::string_view kScheme = "Bearer ";
  const auto value = request.header("authorization");
  return value.starts_with(kScheme) ? trim(value.substr(kScheme.size())) : std::string_view();
}

Error refused(std::string what) {
  return Error{ErrorCode::kOriginRefused, std::move(what)};
}

}  // namespace

std::string session_cookie_name(const Peer& peer) {
  return peer.transport == Transport::kTls ? "__Host-ecg" : "ecg_session_" + std::to_string(peer.local_port);
}

std::string session_token(const HttpRequest& request, const Peer& peer) {
  auto token = bearer(request);
  if (token.empty()) token = cookie_value(request, session_cookie_name(peer));
  return token.size() > kTokenBytesMax ? std::string() : std::string(token);
}

std::string session_cookie(const Peer& peer, const std::string& token) {
  std::string cookie = session_cookie_name(peer) + "=" + token + "; Path=/; HttpOnly; SameSite=Strict";
  if (peer.transport == Transport::kTls) cookie += "; Secure";
  if (token.empty()) cookie += "; Max-Age=0";
  return cookie;
}

Result<void> check_host(const HttpRequest& request, const Peer& peer) {
  if (peer.transport != Transport::kLoopback) return {};
  const auto host = request.header("host");
  const auto port = host.find(':', host.starts_with('[') ? host.find(']') : 0);
  for (const std::string_view own : {"127.0.0.1", "localhost", "[::1]"})
    if (host.substr(0, port) == own) return {};
  return refused("host");
}

Result<void> check_origin(const HttpRequest& request, const Peer& peer) {
  if (peer.transport == Transport::kUnixSocket) return {};
  const std::string scheme = peer.transport == Transport::kTls ? "https://" : "http://";
  const auto origin = request.header("origin");
  if (!origin.empty() && origin != scheme + std::string(request.header("host"))) return refused("origin");
  const auto site = request.header("sec-fetch-site");
  if (!site.empty() && site != "same-origin" && site != "none") return refused("sec-fetch-site");
  const bool by_cookie = bearer(request).empty() && !cookie_value(request, session_cookie_name(peer)).empty();
  if (by_cookie && request.header("x-ecg-client").empty()) return refused("x-ecg-client");
  return {};
}

void add_security_headers(HttpHeaders& headers, const Peer& peer) {
  headers.emplace_back(
      "content-security-policy",
      "default-src 'self'; img-src 'self' blob: data:; object-src 'self' blob:; frame-src 'self' blob:; "
      "base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
  headers.emplace_back("x-content-type-options", "nosniff");
  headers.emplace_back("referrer-policy", "no-referrer");
  headers.emplace_back("cross-origin-opener-policy", "same-origin");
  headers.emplace_back("cross-origin-resource-policy", "same-origin");
  if (peer.transport == Transport::kTls)
    headers.emplace_back("strict-transport-security", "max-age=31536000");
}

}  // namespace ecg::net
