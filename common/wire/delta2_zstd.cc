#include "common/wire/delta2_zstd.h"

#include <vector>

#include <zstd.h>

namespace ecg::wire {
namespace {

constexpr std::size_t kVarintBytesMax = 5;

// False when the bytes end inside a number, or it does not fit 32 bits.
bool take_varint(std::span<const std::uint8_t>& in, std::uint32_t& value) {
  std::uint64_t wide = 0;
  for (std::size_t i = 0; i < kVarintBytesMax && i < in.size(); ++i) {
    wide |= static_cast<std::uint64_t>(in[i] & 0x7f) << (7 * i);
    if ((in[i] & 0x80) == 0) {
      in = in.subspan(i + 1);
      value = static_cast<std::uint32_t>(wide);
      return wide <= 0xffffffffu;
    }
  }
  return false;
}

bool undo_differences(std::span<const std::uint8_t> in, std::size_t leads, std::span<std::int32_t> samples) {
  for (std::size_t lead = 0; lead < leads; ++lead) {
    std::uint32_t last = 0, slope = 0;
    for (std::size_t i = lead; i < samples.size(); i += leads) {
      std::uint32_t coded = 0;
      if (!take_varint(in, coded)) return false;
      slope += (coded >> 1) ^ (0u - (coded & 1u));
      last += slope;
      samples[i] = static_cast<std::int32_t>(last);
    }
  }
  return in.empty();
}

}  // namespace

bool decode_delta2_zstd(std::string_view payload, std::size_t leads, std::span<std::int32_t> samples) {
  const unsigned long long size = ZSTD_getFrameContentSize(payload.data(), payload.size());
  // Also refuses ZSTD_CONTENTSIZE_UNKNOWN and _ERROR, the two largest values.
  if (size < samples.size() || size > samples.size() * kVarintBytesMax) return false;
  std::vector<std::uint8_t> plain(static_cast<std::size_t>(size));
  const std::size_t got = ZSTD_decompress(plain.data(), plain.size(), payload.data(), payload.size());
  if (ZSTD_isError(got) != 0 || got != plain.size()) return false;
  return undo_differences(plain, leads, samples);
}

}  // namespace ecg::wire
