// Codec 3 of docs/formats/waveform-block.md, for recordings at rest: residuals of the straight line as binary
// decisions, each predicted from three contexts whose say is learned as the recording goes, and coded
// arithmetically. About a quarter smaller than codec 2 over 10 s, because it learns the recording; slower for
// the same reason.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace ecg::wire {

// samples: whole frames, leads one after another in each.
std::string encode_context_mix(std::span<const std::int32_t> samples, std::size_t leads);

// Fills samples, whose size says how many there are. False when payload is not exactly the coding of so many
// samples; samples are then undefined.
bool decode_context_mix(std::string_view payload, std::size_t leads, std::span<std::int32_t> samples);

}  // namespace ecg::wire
