#include "common/wire/context_rans.h"

#include <bit>
#include <memory>
#include <vector>

#include "common/wire/residual_model.h"

namespace ecg::wire {
namespace {

// The state of the coder stays in [kLow, kLow << 16); frequencies of one context add up to kTotal.
constexpr std::uint32_t kScaleBits = 11;
constexpr std::uint32_t kTotal = 1U << kScaleBits;
constexpr std::uint32_t kLow = 1U << 16;

constexpr std::uint16_t kFrequencies[kContexts][kSymbols] = {
#include "common/wire/block_frequencies.inc"
};

struct Slice {
  std::uint16_t start = 0, size = 0;
};

struct Tables {
  Slice slices[kContexts][kSymbols];
  std::uint8_t symbol_at[kContexts][kTotal];

  Tables() {
    for (int c = 0; c < kContexts; ++c) {
      std::uint32_t start = 0;
      for (int s = 0; s < kSymbols; ++s) {
        slices[c][s] = {static_cast<std::uint16_t>(start), kFrequencies[c][s]};
        for (std::uint32_t i = 0; i < kFrequencies[c][s]; ++i) {
          symbol_at[c][start + i] = static_cast<std::uint8_t>(s);
        }
        start += kFrequencies[c][s];
      }
    }
  }
};

constexpr bool every_row_is_whole() {
  for (const auto& row : kFrequencies) {
    std::uint32_t sum = 0;
    for (const std::uint16_t f : row) {
      if (f == 0) return false;
      sum += f;
    }
    if (sum != kTotal) return false;
  }
  return true;
}
static_assert(every_row_is_whole());

const Tables& tables() {
  static const auto kTables = std::make_unique<const Tables>();
  return *kTables;
}

// Collects what is to be coded in the order of reading; the coder itself runs backwards.
class Writer {
 public:
  explicit Writer(std::size_t samples) { slices_.reserve(samples + samples / 8); }
  void put(Slice slice) { slices_.push_back(slice); }
  void put_bits(std::uint32_t value, int bits) {
    for (; bits > 8; bits -= 8) {
      put_few_bits(value >> (bits - 8) & 0xFF, 8);
    }
    put_few_bits(value & ((1U << bits) - 1), bits);
  }
  std::string finish() const {
    std::string backwards;
    backwards.reserve(slices_.size());
    std::uint32_t state = kLow;
    for (std::size_t i = slices_.size(); i-- > 0;) {
      const Slice slice = slices_[i];
      if (state >= static_cast<std::uint64_t>(slice.size) << (32 - kScaleBits)) {
        backwards.push_back(static_cast<char>(state >> 8));
        backwards.push_back(static_cast<char>(state));
        state >>= 16;
      }
      state = (state / slice.size << kScaleBits) + state % slice.size + slice.start;
    }
    for (int shift = 24; shift >= 0; shift -= 8) backwards.push_back(static_cast<char>(state >> shift));
    return {backwards.rbegin(), backwards.rend()};
  }

 private:
  void put_few_bits(std::uint32_t value, int bits) {
    const auto size = static_cast<std::uint16_t>(kTotal >> bits);
    put({static_cast<std::uint16_t>(value * size), size});
  }
  std::vector<Slice> slices_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {
    if (bytes.size() < 4) {
      sound_ = false;
      return;
    }
    for (int i = 0; i < 4; ++i) state_ |= byte(static_cast<std::size_t>(i)) << (8 * i);
    at_ = 4;
    sound_ = state_ >= kLow;
  }

  int symbol(int context, const Tables& tables) {
    const int s = tables.symbol_at[context][state_ & (kTotal - 1)];
    advance(tables.slices[context][s]);
    return s;
  }
  std::uint32_t bits(int count) {
    std::uint32_t value = 0;
    for (; count > 8; count -= 8) value = value << 8 | few_bits(8);
    return value << count | few_bits(count);
  }
  // Everything read, nothing left, and the coder back where the writer began.
  bool at_end() const { return sound_ && at_ == bytes_.size() && state_ == kLow; }
  bool sound() const { return sound_; }

 private:
  std::uint32_t byte(std::size_t i) const { return static_cast<std::uint8_t>(bytes_[i]); }
  std::uint32_t few_bits(int count) {
    const auto size = static_cast<std::uint16_t>(kTotal >> count);
    const std::uint32_t value = (state_ & (kTotal - 1)) / size;
    advance({static_cast<std::uint16_t>(value * size), size});
    return value;
  }
  void advance(Slice slice) {
    state_ = slice.size * (state_ >> kScaleBits) + (state_ & (kTotal - 1)) - slice.start;
    if (state_ >= kLow) return;
    if (at_ + 2 > bytes_.size()) {
      sound_ = false;
      state_ = kLow;
      return;
    }
    state_ = state_ << 16 | byte(at_) | byte(at_ + 1) << 8;
    at_ += 2;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::uint32_t state_ = 0;
  bool sound_ = true;
};

void put_residual(std::int32_t residual, int context, const Tables& tables, Writer& out) {
  if (residual >= -kDirect && residual <= kDirect) {
    out.put(tables.slices[context][residual + kDirect]);
    return;
  }
  const auto bits = static_cast<std::uint32_t>(residual);
  const std::uint32_t size = residual < 0 ? 0U - bits : bits;
  const int exponent = std::bit_width(size) - 1;
  if (exponent > kMostExponent) {
    out.put(tables.slices[context][kRawSymbol]);
    out.put_bits(bits, 32);
    return;
  }
  out.put(tables.slices[context][2 * kDirect + 1 + exponent - kLeastExponent]);
  out.put_bits((residual < 0 ? 1U : 0U) << exponent | (size & ((1U << exponent) - 1)), exponent + 1);
}

std::int32_t take_residual(int context, const Tables& tables, Reader& in) {
  const int symbol = in.symbol(context, tables);
  if (symbol <= 2 * kDirect) return symbol - kDirect;
  if (symbol == kRawSymbol) return static_cast<std::int32_t>(in.bits(32));
  const int exponent = symbol - (2 * kDirect + 1) + kLeastExponent;
  const std::uint32_t coded = in.bits(exponent + 1);
  const auto size = static_cast<std::int32_t>((coded & ((1U << exponent) - 1)) | 1U << exponent);
  return (coded >> exponent) != 0 ? -size : size;
}

}  // namespace

std::string encode_context_rans(std::span<const std::int32_t> samples, std::size_t leads) {
  const Tables& t = tables();
  ResidualModel model(leads);
  Writer out(samples.size());
  std::size_t lead = 0;
  for (const std::int32_t sample : samples) {
    const auto value = static_cast<std::uint32_t>(sample);
    const auto residual = static_cast<std::int32_t>(value - model.predicted(lead));
    put_residual(residual, model.context(lead), t, out);
    model.tell(lead, value, residual);
    lead = lead + 1 == leads ? 0 : lead + 1;
  }
  return out.finish();
}

bool decode_context_rans(std::string_view payload, std::size_t leads, std::span<std::int32_t> samples) {
  const Tables& t = tables();
  ResidualModel model(leads);
  Reader in(payload);
  std::size_t lead = 0;
  for (std::int32_t& sample : samples) {
    if (!in.sound()) return false;
    const std::int32_t residual = take_residual(model.context(lead), t, in);
    const std::uint32_t value = model.predicted(lead) + static_cast<std::uint32_t>(residual);
    model.tell(lead, value, residual);
    sample = static_cast<std::int32_t>(value);
    lead = lead + 1 == leads ? 0 : lead + 1;
  }
  return in.at_end();
}

}  // namespace ecg::wire
