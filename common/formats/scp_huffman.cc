#include "common/formats/scp_huffman.h"

namespace ecg::formats::scp {
namespace {

constexpr std::uint16_t kDefaultTable = 19999;  // in place of the number of tables
constexpr std::size_t kCodesMax = 4096;

class BitReader {
 public:
  explicit BitReader(Bytes bytes) : bytes_(bytes) {}
  std::size_t remaining() const { return bytes_.size() * 8 - at_; }
  unsigned bit() {  // the caller has checked remaining()
    const unsigned value = (bytes_[at_ / 8] >> (7 - at_ % 8)) & 1u;
    ++at_;
    return value;
  }

 private:
  Bytes bytes_;
  std::size_t at_ = 0;
};

Error malformed(const std::string& name) {
  return {ErrorCode::kFileMalformed, name, "SCP-ECG: section 2"};
}

}  // namespace

bool HuffmanCoding::add(std::size_t table, const Code& code) {
  if (code.prefix_bits < 1 || code.prefix_bits > 32 || code.total_bits < code.prefix_bits ||
      code.total_bits - code.prefix_bits > 32)
    return false;
  auto at = static_cast<std::size_t>(roots_[table]);
  for (unsigned i = 0; i < code.prefix_bits; ++i) {
    if (nodes_[at].code >= 0) return false;  // a shorter code is the head of this one
    const unsigned bit = (code.prefix >> i) & 1u;
    if (nodes_[at].next[bit] < 0) {
      nodes_[at].next[bit] = static_cast<std::int32_t>(nodes_.size());
      nodes_.push_back({});
    }
    at = static_cast<std::size_t>(nodes_[at].next[bit]);
  }
  if (nodes_[at].code >= 0 || nodes_[at].next[0] >= 0 || nodes_[at].next[1] >= 0) return false;
  nodes_[at].code = static_cast<std::int32_t>(codes_.size());
  codes_.push_back(code);
  return true;
}

Result<HuffmanCoding> HuffmanCoding::from_section(Bytes section, const std::string& name) {
  HuffmanCoding out;
  ByteReader in(section);
  const std::uint16_t tables = in.u16();
  if (!in.ok() || tables == 0) return malformed(name);
  if (tables == kDefaultTable) {
    // EN 1064 table of default codes: 0 is "0"; +-n is n+1 ones and a zero with the sign as its last bit; ten
    // bits announce a number of 8 or 16 bits.
    out.roots_.push_back(0);
    out.nodes_.push_back({});
    out.add(0, {1, 1, false, 0, 0});
    for (int n = 1; n <= 8; ++n) {
      const auto bits = static_cast<std::uint8_t>(n + 2);
      const std::uint32_t ones = (1u << n) - 1;
      out.add(0, {bits, bits, false, static_cast<std::int16_t>(n), ones});
      out.add(0, {bits, bits, false, static_cast<std::int16_t>(-n), ones | (1u << (n + 1))});
    }
    out.add(0, {10, 18, false, 0, 0x1ff});
    out.add(0, {10, 26, false, 0, 0x3ff});
    return out;
  }
  for (std::size_t table = 0; table < tables; ++table) {
    out.roots_.push_back(static_cast<std::int32_t>(out.nodes_.size()));
    out.nodes_.push_back({});
    const std::size_t count = in.u16();
    if (!in.ok()) return malformed(name);
    if (out.codes_.size() + count > kCodesMax)
      return Error{ErrorCode::kFormatUnsupported, name, "SCP-ECG: Huffman codes"};
    for (std::size_t i = 0; i < count; ++i) {
      Code code;
      code.prefix_bits = in.u8();
      code.total_bits = in.u8();
      code.switches_table = in.u8() == 0;
      code.base = in.i16();
      code.prefix = in.u32();
      if (!in.ok() || (code.switches_table && (code.base < 1 || code.base > tables))) return malformed(name);
      if (!code.switches_table && code.base != 0 && code.total_bits > code.prefix_bits)
        return Error{ErrorCode::kFormatUnsupported, name, "SCP-ECG: Huffman code with base and further bits"};
      if (!out.add(table, code)) return malformed(name);
    }
  }
  return out;
}

std::vector<std::int32_t> HuffmanCoding::decode(Bytes bytes, std::size_t count) const {
  std::vector<std::int32_t> out;
  BitReader bits(bytes);
  std::size_t table = 0;
  while (out.size() < count) {
    auto at = static_cast<std::size_t>(roots_[table]);
    while (nodes_[at].code < 0) {
      if (bits.remaining() == 0) return out;
      const std::int32_t next = nodes_[at].next[bits.bit()];
      if (next < 0) return out;
      at = static_cast<std::size_t>(next);
    }
    const Code& code = codes_[static_cast<std::size_t>(nodes_[at].code)];
    if (code.switches_table) {
      table = static_cast<std::size_t>(code.base - 1);
      continue;
    }
    const unsigned further = static_cast<unsigned>(code.total_bits - code.prefix_bits);
    if (bits.remaining() < further) return out;
    std::int64_t value = code.base;
    if (further > 0) {
      std::uint64_t raw = 0;
      for (unsigned i = 0; i < further; ++i) raw = (raw << 1) | bits.bit();
      value = static_cast<std::int64_t>(raw);
      if ((raw >> (further - 1)) != 0) value -= std::int64_t{1} << further;
    }
    out.push_back(static_cast<std::int32_t>(value));
  }
  return out;
}

}  // namespace ecg::formats::scp
