// Small pieces of text parsing that the readers share. Numbers are parsed strictly and without a locale.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dsp/analysis.h"

namespace ecg::formats {

// The whole of text as a number, or nothing. Accepts one leading '+'.
template <class T>
std::optional<T> parse_number(std::string_view text) {
  if (text.starts_with('+') && text.size() > 1 && text[1] != '-') text.remove_prefix(1);
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char at);
// Fields between runs of blanks and tabs.
std::vector<std::string_view> split_blank(std::string_view text);
std::string lower(std::string_view text);
// "f", "female", "m", "male", in any case; everything else is unknown.
dsp::Sex parse_sex(std::string_view text);
// "YYYY-MM-DD", or empty when it is no date.
std::string iso_date(int year, int month, int day);
// Shortest decimal text that reads back as the same double.
std::string number_text(double value);
// True for a plain file name: not empty, no folder, not "." or "..", no control characters, at most 255
// bytes.
bool is_plain_file_name(std::string_view name);

}  // namespace ecg::formats
