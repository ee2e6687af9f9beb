// Bytes of a fuzzer as a recording: any rate, leads, sensitivities and gaps; samples of several kinds, so
// that some inputs come past the first look at their quality.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "dsp/analysis.h"

namespace ecg::fuzz {

// Reads off bytes; past their end it goes on with numbers that follow from them.
class Bytes {
 public:
  explicit Bytes(std::span<const std::uint8_t> bytes);
  std::uint8_t byte();
  std::uint32_t word();
  std::size_t below(std::size_t limit);  // 0..limit-1
  double unit();                         // 0..1

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
  std::uint64_t state_ = 0;
};

// Not everything keeps to what dsp::Recording asks for: rates may be out of range or no number at all, leads
// shorter than the first.
dsp::Recording recording_from(Bytes& bytes);
dsp::Options options_from(Bytes& bytes);

}  // namespace ecg::fuzz
