// JSON string escaping shared by the log and by small hand-written answers.
#pragma once

#include <string>
#include <string_view>

namespace ecg {

// Appends text with its quotes. Control characters are escaped, bytes that are not UTF-8 become U+FFFD.
inline void append_json_string(std::string& out, std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  const auto continuation = [&](std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0u) == 0x80u;
  };
  const auto sequence_length = [&](std::size_t at) -> std::size_t {  // 0: not UTF-8
    const auto c = static_cast<unsigned char>(text[at]);
    const auto second = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0u;
    if (c >= 0xC2 && c <= 0xDF) return continuation(at + 1) ? 2 : 0;
    if (c >= 0xE0 && c <= 0xEF) {
      const bool overlong = c == 0xE0 && second < 0xA0;
      const bool surrogate = c == 0xED && second > 0x9F;
      return continuation(at + 1) && continuation(at + 2) && !overlong && !surrogate ? 3 : 0;
    }
    if (c >= 0xF0 && c <= 0xF4) {
      const bool outside = (c == 0xF0 && second < 0x90) || (c == 0xF4 && second > 0x8F);
      return continuation(at + 1) && continuation(at + 2) && continuation(at + 3) && !outside ? 4 : 0;
    }
    return 0;
  };
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += text[i++];
    } else if (c < 0x20 || c == 0x7F) {
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15u];
      ++i;
    } else if (c < 0x80) {
      out += text[i++];
    } else if (const auto n = sequence_length(i); n != 0) {
      out += text.substr(i, n);
      i += n;
    } else {
      out += "\xEF\xBF\xBD";
      ++i;
    }
  }
  out += '"';
}

}  // namespace ecg
