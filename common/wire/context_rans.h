// Codec 2 of docs/formats/waveform-block.md: residuals of the straight line, coded by range asymmetric
// numeral systems with fixed frequencies chosen by the context.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace ecg::wire {

// samples: whole frames, leads one after another in each.
std::string encode_context_rans(std::span<const std::int32_t> samples, std::size_t leads);

// Fills samples, whose size says how many there are. False when payload is not exactly the coding of so many
// samples; samples are then undefined.
bool decode_context_rans(std::string_view payload, std::size_t leads, std::span<std::int32_t> samples);

}  // namespace ecg::wire
