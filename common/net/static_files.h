// Files of a folder as HTTP answers: the built web pages.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "common/net/http_message.h"

namespace ecg::net {

// relative: what follows the prefix in the request's path, still percent-encoded. "reader" finds reader.html,
// a folder its index.html. Nothing outside the folder, no hidden file, and no link out of it is ever served.
// Content under "assets/" carries its hash in its name and is cached for a year; the rest is asked for again
// each time (ETag).
HttpResponse file_response(const std::filesystem::path& folder, std::string_view relative,
                           const HttpRequest& request);

// False when the text holds a broken escape or a NUL.
bool percent_decode(std::string_view text, std::string* out);

}  // namespace ecg::net
