// CRC-16/CCITT (polynomial 0x1021, start 0xffff, most significant bit first), as SCP-ECG uses it.
#pragma once

#include <array>
#include <cstdint>

#include "common/formats/bytes.h"

namespace ecg::formats {

inline std::uint16_t crc16_ccitt(Bytes bytes) {
  static constexpr auto kTable = [] {
    std::array<std::uint16_t, 256> table{};
    for (unsigned i = 0; i < 256; ++i) {
      unsigned value = i << 8;
      for (int bit = 0; bit < 8; ++bit) value = (value & 0x8000u) != 0 ? (value << 1) ^ 0x1021u : value << 1;
      table[i] = static_cast<std::uint16_t>(value);
    }
    return table;
  }();
  std::uint16_t crc = 0xffff;
  for (const std::uint8_t byte : bytes)
    crc = static_cast<std::uint16_t>((crc << 8) ^ kTable[((crc >> 8) ^ byte) & 0xffu]);
  return crc;
}

}  // namespace ecg::formats
