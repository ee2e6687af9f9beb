// What protects the pages' sessions in a browser: cookies, and the rules that keep other sites' pages out.
// Decides only.
#pragma once

#include <optional>
#include <string>

#include "common/base/result.h"
#include "common/net/http_message.h"
#include "common/net/http_server.h"

namespace ecg::net {

// "__Host-ecg" over TLS. On plain loopback browsers share cookies between the ports of a host, so the port is
// in the name.
std::string session_cookie_name(const Peer& peer);
// The session token: "Authorization: Bearer" before the cookie; empty when there is none.
std::string session_token(const HttpRequest& request, const Peer& peer);
// The value of Set-Cookie; an empty token clears the cookie.
std::string session_cookie(const Peer& peer, const std::string& token);

// On plain loopback the Host must be 127.0.0.1, localhost or [::1] (a name that was pointed here is another
// site's). Errors: kOriginRefused.
Result<void> check_host(const HttpRequest& request, const Peer& peer);
// For calls. Origin, when sent, is our own; Sec-Fetch-Site, when sent, is same-origin or none; a call that
// lives off the cookie carries X-Ecg-Client, which no other site's page can add without asking first. Errors:
// kOriginRefused.
Result<void> check_origin(const HttpRequest& request, const Peer& peer);

// On every answer.
void add_security_headers(HttpHeaders& headers, const Peer& peer);

}  // namespace ecg::net
