// Arithmetic coding of single bits with probabilities of 16 bits, 32-bit range, as codec 3 of
// docs/formats/waveform-block.md lays it out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace ecg::wire {

// one_share: probability of a 1 times 65536, 1 to 65535.
class BitEncoder {
 public:
  void put(bool bit, std::uint32_t one_share) {
    const std::uint32_t middle =
        low_ + static_cast<std::uint32_t>((std::uint64_t{high_ - low_} * one_share) >> 16);
    (bit ? high_ : low_) = bit ? middle : middle + 1;
    while (((low_ ^ high_) & 0xFF000000U) == 0) {
      out_.push_back(static_cast<char>(high_ >> 24));
      low_ <<= 8;
      high_ = high_ << 8 | 0xFF;
    }
  }
  std::string finish() {
    for (int shift = 24; shift >= 0; shift -= 8) out_.push_back(static_cast<char>(low_ >> shift));
    return std::move(out_);
  }

 private:
  std::uint32_t low_ = 0, high_ = 0xFFFFFFFF;
  std::string out_;
};

class BitDecoder {
 public:
  explicit BitDecoder(std::string_view bytes) : bytes_(bytes) {
    for (int i = 0; i < 4; ++i) value_ = value_ << 8 | next();
  }
  bool take(std::uint32_t one_share) {
    const std::uint32_t middle =
        low_ + static_cast<std::uint32_t>((std::uint64_t{high_ - low_} * one_share) >> 16);
    const bool bit = value_ <= middle;
    (bit ? high_ : low_) = bit ? middle : middle + 1;
    while (((low_ ^ high_) & 0xFF000000U) == 0) {
      low_ <<= 8;
      high_ = high_ << 8 | 0xFF;
      value_ = value_ << 8 | next();
    }
    return bit;
  }
  // Whether the bytes ended exactly where the encoder's did. Past their end zeros are read.
  bool at_end() const { return at_ == bytes_.size(); }
  bool past_end() const { return at_ > bytes_.size(); }

 private:
  std::uint32_t next() {
    const std::uint32_t byte = at_ < bytes_.size() ? static_cast<std::uint8_t>(bytes_[at_]) : 0;
    ++at_;
    return byte;
  }
  std::string_view bytes_;
  std::size_t at_ = 0;
  std::uint32_t low_ = 0, high_ = 0xFFFFFFFF, value_ = 0;
};

}  // namespace ecg::wire
