// Codec 1 of docs/formats/waveform-block.md: second differences as varints in a Zstandard frame. Written
// until codec 2 came; stored recordings hold it for as long as they are kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace ecg::wire {

// As decode_context_rans. Memory stays below six bytes per sample, whatever the payload claims.
bool decode_delta2_zstd(std::string_view payload, std::size_t leads, std::span<std::int32_t> samples);

}  // namespace ecg::wire
