// gzip of whole answers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/net/http_message.h"

namespace ecg::net {

inline constexpr std::size_t kGzipBytesMin = 1400;  // below it an answer fits one packet anyway

std::string gzip(std::string_view data);
// nullopt: not gzip, damaged, or longer than bytes_max when unpacked.
std::optional<std::string> gunzip(std::string_view data, std::size_t bytes_max);
// Replaces the body when the client takes gzip and it becomes smaller.
void gzip_if_accepted(const HttpRequest& request, HttpResponse& response);

}  // namespace ecg::net
