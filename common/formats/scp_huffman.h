// The Huffman coding of SCP-ECG sections 5 and 6, with the default table of EN 1064 or the file's own ones.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "common/formats/format.h"

namespace ecg::formats::scp {

class HuffmanCoding {
 public:
  // section: section 2. Errors: kFileMalformed, kFormatUnsupported (more than 4096 codes; a code that has
  // both a base value and further bits).
  static Result<HuffmanCoding> from_section(Bytes section, const std::string& name);

  // The first count values of bytes; fewer when the bits end or make no code. Starts with the first table.
  std::vector<std::int32_t> decode(Bytes bytes, std::size_t count) const;

 private:
  // One code: value, or further_bits of it to read, or another table to go on with.
  struct Code {
    std::uint8_t prefix_bits = 0, total_bits = 0;
    bool switches_table = false;
    std::int16_t base = 0;     // value, or number of the table counted from 1
    std::uint32_t prefix = 0;  // its first bit is the lowest one
  };
  struct Node {
    std::array<std::int32_t, 2> next{-1, -1};
    std::int32_t code = -1;
  };

  bool add(std::size_t table, const Code& code);

  std::vector<std::int32_t> roots_;  // one per table
  std::vector<Node> nodes_;
  std::vector<Code> codes_;
};

}  // namespace ecg::formats::scp
