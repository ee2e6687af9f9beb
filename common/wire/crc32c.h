// CRC32C (Castagnoli), as RFC 3720 appendix B.4 defines it; the checksum of every block and stored record.
#pragma once

#include <cstdint>
#include <span>

namespace ecg::wire {

// The checksum of bytes. To continue over several pieces, pass the result so far as before.
// Uses the processor's instruction where there is one. Any thread.
std::uint32_t crc32c(std::span<const std::uint8_t> bytes, std::uint32_t before = 0);

// The same by tables alone; for tests and processors without the instruction.
std::uint32_t crc32c_by_tables(std::span<const std::uint8_t> bytes, std::uint32_t before = 0);

}  // namespace ecg::wire
