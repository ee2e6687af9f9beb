#include "common/formats/text.h"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "common/formats/bytes.h"

namespace ecg::formats {
namespace {

constexpr std::string_view kBlank = " \t\r\n\v\f";

// Length of the UTF-8 sequence at the head of text, or 0 when it is not valid.
std::size_t utf8_length(Bytes text) {
  const std::uint8_t lead = text[0];
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  std::uint32_t value = lead & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((text[i] & 0xc0u) != 0x80u) return 0;
    value = (value << 6) | (text[i] & 0x3fu);
  }
  constexpr std::array<std::uint32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  if (value < kLeast[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return 0;
  return length;
}

}  // namespace

std::string clean_text(Bytes text) {
  std::string out;
  bool utf8 = true;
  for (std::size_t i = 0; i < text.size() && utf8;) {
    const std::size_t n = utf8_length(text.subspan(i));
    utf8 = n > 0;
    i += n;
  }
  for (const std::uint8_t byte : text) {
    if (byte < 0x20 || byte == 0x7f) {
      out += ' ';
    } else if (byte < 0x80 || utf8) {
      out += static_cast<char>(byte);
    } else {
      out += static_cast<char>(0xc0u | (byte >> 6));
      out += static_cast<char>(0x80u | (byte & 0x3fu));
    }
  }
  return std::string(trim(out));
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string_view> split_blank(std::string_view text) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto begin = text.find_first_not_of(kBlank);
    if (begin == std::string_view::npos) return parts;
    text.remove_prefix(begin);
    const auto end = text.find_first_of(kBlank);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end);
  }
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

dsp::Sex parse_sex(std::string_view text) {
  const std::string word = lower(trim(text));
  if (word == "f" || word == "female") return dsp::Sex::kFemale;
  if (word == "m" || word == "male") return dsp::Sex::kMale;
  return dsp::Sex::kUnknown;
}

std::string iso_date(int year, int month, int day) {
  using namespace std::chrono;
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) return {};
  const year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                            std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return {};
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
  return text;
}

std::string number_text(double value) {
  if (!std::isfinite(value)) return "0";
  char text[64];
  const auto [end, error] = std::to_chars(text, text + sizeof text, value);
  return error == std::errc{} ? std::string(text, end) : "0";
}

bool is_plain_file_name(std::string_view name) {
  if (name.empty() || name.size() > 255 || name == "." || name == "..") return false;
  for (const char c : name)
    if (c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20) return false;
  return true;
}

}  // namespace ecg::formats
