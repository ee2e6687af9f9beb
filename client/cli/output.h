// What ecgctl prints: a table for people, one JSON object for programs. Results go to stdout, talk to stderr.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include "common/base/error.h"

namespace ecg::cli {

struct OutputOptions {
  bool json = false;
  Language language = Language::kEnglish;
};

// Columns are as wide as their widest cell; Chinese characters count as two columns.
class Table {
 public:
  explicit Table(std::vector<std::string> header) { rows_.push_back(std::move(header)); }
  void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.size() == 1; }
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// Terminal columns of UTF-8 text.
int display_width(std::string_view text);

// {"schema": "ecg.v1.ListWorklistResponse", ...fields as Protocol Buffers' JSON}: one line, stable field
// names.
std::string json_of(const google::protobuf::Message& message);

// "2026-11-21 14:02:31" in UTC; "-" when the message is absent.
std::string time_of(bool present, const google::protobuf::Timestamp& at);
// "01:12", "1:02:11"; "-" when absent.
std::string age_of(bool present, const google::protobuf::Timestamp& at,
                   const google::protobuf::Timestamp& now);

// An enum value without its type prefix: PRIORITY_STAT -> "STAT".
std::string short_name(std::string_view enum_value_name, std::string_view prefix);

// Prints the error on stderr (JSON too when asked) and answers its exit code.
int fail(const Error& error, const OutputOptions& options);

}  // namespace ecg::cli
