#include "client/cli/output.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <iostream>

#include <google/protobuf/util/json_util.h>

#include "client/cli/offline/output_file.h"
#include "common/base/clock.h"

namespace ecg::cli {

int display_width(std::string_view text) {
  int width = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    // Three- and four-byte sequences from U+1100 on are, but for a few symbols, drawn two columns wide.
    const bool symbol = bytes == 3 && lead == 0xe2;
    width += bytes >= 3 && !symbol ? 2 : 1;
    i += bytes;
  }
  return width;
}

std::string Table::text() const {
  std::vector<int> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], display_width(row[c]));
  }
  std::string out;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t c = 0; c < row.size(); ++c) {
      line += row[c];
      if (c + 1 < row.size())
        line.append(static_cast<std::size_t>(widths[c] - display_width(row[c]) + 2), ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string json_of(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text, options).ok()) return "{}";
  const std::string schema = "{\"schema\":\"" + message.GetDescriptor()->full_name() + "\"";
  return text.size() <= 2 ? schema + "}" : schema + "," + text.substr(1);
}

std::string time_of(bool present, const google::protobuf::Timestamp& at) {
  if (!present) return "-";
  std::string text = to_iso8601(Timestamp{std::chrono::seconds{at.seconds()}});
  text[10] = ' ';
  return text.substr(0, 19);
}

std::string age_of(bool present, const google::protobuf::Timestamp& at,
                   const google::protobuf::Timestamp& now) {
  if (!present) return "-";
  const std::int64_t s = std::max<std::int64_t>(0, now.seconds() - at.seconds());
  char text[40];
  if (s >= 3600)
    std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", static_cast<long long>(s / 3600),
                  static_cast<long long>(s / 60 % 60), static_cast<long long>(s % 60));
  else
    std::snprintf(text, sizeof text, "%02lld:%02lld", static_cast<long long>(s / 60),
                  static_cast<long long>(s % 60));
  return text;
}

std::string short_name(std::string_view name, std::string_view prefix) {
  if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  return std::string(name == "UNSPECIFIED" ? "?" : name);
}

int fail(const Error& error, const OutputOptions& options) {
  return report_error(error, options.json, options.language, std::cout, std::cerr);
}

}  // namespace ecg::cli
