// A reader over bytes from outside: every access is checked, and a read past the end is remembered instead of
// made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace ecg::formats {

using Bytes = std::span<const std::uint8_t>;

// Little-endian cursor. After the first read past the end ok() is false for good, and every further read
// gives 0.
class ByteReader {
 public:
  explicit ByteReader(Bytes bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  std::size_t position() const { return position_; }
  std::size_t remaining() const { return bytes_.size() - position_; }

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  std::int16_t i16() { return static_cast<std::int16_t>(u16()); }
  std::int32_t i32() { return static_cast<std::int32_t>(u32()); }
  std::int64_t i64() { return static_cast<std::int64_t>(u64()); }

  // The next count bytes, or an empty span and ok() false when there are fewer.
  Bytes take(std::size_t count) {
    if (!require(count)) return {};
    const Bytes part = bytes_.subspan(position_, count);
    position_ += count;
    return part;
  }
  void skip(std::size_t count) { take(count); }

 private:
  bool require(std::size_t count) {
    if (ok_ && count <= remaining()) return true;
    ok_ = false;
    return false;
  }
  std::uint64_t number(std::size_t count) {
    if (!require(count)) return 0;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value |= std::uint64_t{bytes_[position_ + i]} << (8 * i);
    position_ += count;
    return value;
  }

  Bytes bytes_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

// Text of a file as the program carries it: valid UTF-8 stays, other bytes are taken as Latin-1; control
// characters become spaces, both ends are trimmed.
std::string clean_text(Bytes text);

}  // namespace ecg::formats
