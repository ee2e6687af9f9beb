// Writes small SCP-ECG records for the tests, in every encoding that the reader knows.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "common/formats/crc16.h"
#include "common/formats/format.h"

namespace ecg::formats::testing {

class ByteWriter {
 public:
  void u8(unsigned v) { bytes.push_back(static_cast<std::uint8_t>(v)); }
  void u16(unsigned v) {
    u8(v & 0xffu);
    u8((v >> 8) & 0xffu);
  }
  void u32(std::uint32_t v) {
    u16(v & 0xffffu);
    u16(v >> 16);
  }
  void text(std::string_view v) { bytes.insert(bytes.end(), v.begin(), v.end()); }
  void append(const std::vector<std::uint8_t>& v) { bytes.insert(bytes.end(), v.begin(), v.end()); }
  std::vector<std::uint8_t> bytes;
};

class BitWriter {
 public:
  void put(std::uint32_t value, int bits) {  // most significant bit first
    for (int i = bits - 1; i >= 0; --i) {
      if (used_ % 8 == 0) bytes.push_back(0);
      bytes.back() = static_cast<std::uint8_t>(bytes.back() | (((value >> i) & 1u) << (7 - used_ % 8)));
      ++used_;
    }
  }
  std::vector<std::uint8_t> bytes;

 private:
  std::size_t used_ = 0;
};

inline std::vector<std::uint8_t> default_huffman(const std::vector<std::int32_t>& values) {
  BitWriter out;
  for (const std::int32_t v : values) {
    const int n = v < 0 ? -v : v;
    if (v == 0) {
      out.put(0, 1);
    } else if (n <= 8) {
      out.put(((1u << n) - 1) << 2 | (v < 0 ? 1u : 0u), n + 2);
    } else if (v >= -128 && v <= 127) {
      out.put(0x3feu, 10);
      out.put(static_cast<std::uint32_t>(v) & 0xffu, 8);
    } else {
      out.put(0x3ffu, 10);
      out.put(static_cast<std::uint32_t>(v) & 0xffffu, 16);
    }
  }
  return out.bytes;
}

inline std::vector<std::int32_t> differences(std::vector<std::int32_t> v, int times) {
  std::vector<std::int32_t> out = v;
  for (std::size_t i = static_cast<std::size_t>(times); i < v.size() && times > 0; ++i)
    out[i] = times == 1 ? v[i] - v[i - 1] : v[i] - 2 * v[i - 1] + v[i - 2];
  return out;
}

inline std::vector<std::uint8_t> raw16(const std::vector<std::int32_t>& values) {
  ByteWriter out;
  for (const auto v : values) out.u16(static_cast<std::uint32_t>(v) & 0xffffu);
  return out.bytes;
}

struct ScpOptions {
  bool huffman = false;
  int differences = 0;
  std::vector<std::uint8_t> own_tables;  // section 2 in place of the default announcement
  std::vector<std::uint8_t> section4, section5;
  unsigned nanovolts = 2500;
  bool marker = true;
  bool bimodal = false;
  std::vector<std::uint32_t> starts;  // start sample per lead; 1 when absent
};

// One section with its header and CRC.
inline std::vector<std::uint8_t> scp_section(unsigned id, const std::vector<std::uint8_t>& content,
                                             bool marker = false) {
  ByteWriter out;
  out.u16(id);
  out.u32(static_cast<std::uint32_t>(16 + content.size()));
  out.u8(20);
  out.u8(20);
  out.text(marker ? std::string("SCPECG") : std::string(6, '\0'));
  out.append(content);
  ByteWriter whole;
  whole.u16(crc16_ccitt(out.bytes));
  whole.append(out.bytes);
  return whole.bytes;
}

inline std::vector<std::uint8_t> scp_record(
    const std::vector<std::pair<unsigned, std::vector<std::uint8_t>>>& sections, bool marker = true) {
  ByteWriter pointers, body;
  const auto table = static_cast<std::uint32_t>(16 + 10 * (sections.size() + 1));
  pointers.u16(0);
  pointers.u32(table);
  pointers.u32(7);
  for (const auto& section : sections) {
    const auto bytes = scp_section(section.first, section.second);
    pointers.u16(section.first);
    pointers.u32(static_cast<std::uint32_t>(bytes.size()));
    pointers.u32(static_cast<std::uint32_t>(6 + table + body.bytes.size() + 1));
    body.append(bytes);
  }
  ByteWriter rest;
  const auto section0 = scp_section(0, pointers.bytes, marker);
  rest.u32(static_cast<std::uint32_t>(6 + section0.size() + body.bytes.size()));
  rest.append(section0);
  rest.append(body.bytes);
  ByteWriter whole;
  whole.u16(crc16_ccitt(rest.bytes));
  whole.append(rest.bytes);
  return whole.bytes;
}

inline void scp_tag(ByteWriter& out, unsigned tag, const std::vector<std::uint8_t>& value) {
  out.u8(tag);
  out.u16(static_cast<unsigned>(value.size()));
  out.append(value);
}

// A record with the leads' samples (SCP lead numbers 1, 2, ...) at 500 Hz.
inline std::vector<std::uint8_t> scp_file(const std::vector<std::vector<std::int32_t>>& leads,
                                          const ScpOptions& options = {}) {
  ByteWriter header;
  scp_tag(header, 0, {'L', 'i', 0});
  scp_tag(header, 1, {'M', 'e', 'i', 0});
  scp_tag(header, 2, {'P', '7', 0});
  scp_tag(header, 4, {67, 0, 1});
  scp_tag(header, 5, {0xa7, 0x07, 2, 28});  // 1959-02-28
  scp_tag(header, 8, {2});
  scp_tag(header, 25, {0xea, 0x07, 11, 21});
  scp_tag(header, 26, {8, 5, 9});
  scp_tag(header, 34, {0xe0, 0x01, 0, 0});  // +480 minutes
  scp_tag(header, 255, {});

  ByteWriter lead_section, data, blocks;
  lead_section.u8(static_cast<unsigned>(leads.size()));
  lead_section.u8(static_cast<unsigned>(leads.size() << 3) | 4u | (options.section5.empty() ? 0u : 1u));
  data.u16(options.nanovolts);
  data.u16(2000);
  data.u8(static_cast<unsigned>(options.differences));
  data.u8(options.bimodal ? 1 : 0);
  for (std::size_t k = 0; k < leads.size(); ++k) {
    const std::uint32_t start = k < options.starts.size() ? options.starts[k] : 1;
    lead_section.u32(start);
    lead_section.u32(start + static_cast<std::uint32_t>(leads[k].size()) - 1);
    lead_section.u8(static_cast<unsigned>(k + 1));
    const auto values = differences(leads[k], options.differences);
    const auto stored = options.huffman ? default_huffman(values) : raw16(values);
    data.u16(static_cast<unsigned>(stored.size()));
    blocks.append(stored);
  }
  data.append(blocks.bytes);

  std::vector<std::pair<unsigned, std::vector<std::uint8_t>>> sections{{1, header.bytes}};
  if (!options.own_tables.empty())
    sections.push_back({2, options.own_tables});
  else if (options.huffman)
    sections.push_back({2, {0x1f, 0x4e}});
  sections.push_back({3, lead_section.bytes});
  if (!options.section4.empty()) sections.push_back({4, options.section4});
  if (!options.section5.empty()) sections.push_back({5, options.section5});
  sections.push_back({6, data.bytes});
  return scp_record(sections, options.marker);
}

}  // namespace ecg::formats::testing
