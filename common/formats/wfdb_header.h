// The parsed text header of a WFDB record; used by wfdb.h's functions only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/formats/format.h"

namespace ecg::formats::wfdb {

struct Signal {
  std::string file;
  int format = 0;
  std::uint64_t byte_offset = 0;
  double gain = 0;  // LSB per unit; 0 = not stated
  std::int32_t baseline = 0;
  std::string unit;  // lower case; "mv" when not stated
  std::optional<std::int32_t> initial_value;
  std::optional<std::uint16_t> checksum;
  std::string description;
};

struct Header {
  std::string record;
  double sampling_hz = 0;
  bool sampling_stated = false;
  std::optional<std::uint64_t> frames;
  std::string time, date;  // as written
  std::vector<Signal> signals;
  std::vector<std::string> comments;
};

// name serves error subjects. Errors: kFileMalformed, kFileTruncated, kFormatUnsupported, kTooManyLeads.
Result<Header> parse_header(Bytes bytes, const std::string& name);

}  // namespace ecg::formats::wfdb
