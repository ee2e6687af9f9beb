#include "common/wire/context_mix.h"

#include <algorithm>
#include <array>
#include <bit>
#include <memory>
#include <vector>

#include "common/wire/binary_coder.h"

namespace ecg::wire {
namespace {

constexpr int kMostExponent = 31;
// Decisions of one residual: is it other than zero, its sign, then per sign whether its leading bit lies
// above position 0, 1 ... 13 (13 stands for all above).
constexpr int kUnaryNodes = 14;
constexpr int kNodes = 2 + 2 * kUnaryNodes;
constexpr int kMixed = 3;      // contexts that are mixed
constexpr int kMixerSets = 4;  // one for each quarter of the activity scale

// The probability of a 1 and how often it was corrected.
struct Cell {
  std::uint16_t one = 32768;
  std::uint16_t count = 0;
};
constexpr int kCountMost = 60;

// Whole numbers only, so that every machine decodes alike.
struct Curves {
  std::array<std::uint16_t, 4096> logistic{};       // of (i - 2048) / 256, times 4096, within 1..4095
  std::array<std::int16_t, 4096> logit{};           // its inverse: -2047..2047 for a share of i / 4096
  std::array<std::int32_t, kCountMost + 1> step{};  // 65536 / (count + 1.6)

  Curves() {
    // 4096 / (1 + exp(-x)) for x = -8, -7.5 ... 8, straight lines between.
    constexpr std::int32_t kKnots[] = {1,    2,    4,    6,    10,   17,   27,   45,   74,   120,  194,
                                       311,  488,  747,  1102, 1546, 2048, 2550, 2994, 3349, 3608, 3785,
                                       3902, 3976, 4022, 4051, 4069, 4079, 4086, 4090, 4092, 4094, 4095};
    for (int i = 0; i < 4096; ++i) {
      const auto knot = static_cast<std::size_t>(i / 128);
      const std::int32_t part = i % 128;
      logistic[static_cast<std::size_t>(i)] =
          static_cast<std::uint16_t>((kKnots[knot] * (128 - part) + kKnots[knot + 1] * part + 64) / 128);
    }
    int at = 1;
    for (int share = 0; share < 4096; ++share) {
      while (at < 4095 && logistic[static_cast<std::size_t>(at)] < share) ++at;
      logit[static_cast<std::size_t>(share)] = static_cast<std::int16_t>(at - 2048);
    }
    for (int n = 0; n <= kCountMost; ++n) step[static_cast<std::size_t>(n)] = (65536 * 10) / (10 * n + 16);
  }
};

const Curves& curves() {
  static const Curves kCurves;
  return kCurves;
}

void correct(Cell& cell, bool bit, const Curves& c) {
  const int target = bit ? 65535 : 0;
  cell.one = static_cast<std::uint16_t>(cell.one + (((target - cell.one) * c.step[cell.count]) >> 16));
  if (cell.count < kCountMost) ++cell.count;
}

// 0..10 for a magnitude: 0, 1, 2, 3-4, 5-6, 7-9, 10-14, 15-22, 23-40, 41-80, more.
int size_class(std::uint32_t magnitude) {
  constexpr std::uint32_t kFrom[] = {1, 2, 3, 5, 7, 10, 15, 23, 41, 81};
  static constexpr auto kClasses = [&] {
    std::array<std::uint8_t, 82> classes{};
    for (std::uint32_t m = 0; m < 82; ++m) {
      for (const std::uint32_t from : kFrom)
        classes[m] = static_cast<std::uint8_t>(classes[m] + (m >= from ? 1 : 0));
    }
    return classes;
  }();
  return kClasses[std::min<std::uint32_t>(magnitude, 81)];
}
constexpr int kSizeClasses = 11;
constexpr int kSignedClasses = 2 * kSizeClasses;

std::uint32_t magnitude_of(std::int32_t value) {
  const auto bits = static_cast<std::uint32_t>(value);
  return value < 0 ? 0U - bits : bits;
}
int signed_class(std::int32_t value) {
  return size_class(magnitude_of(value)) + (value < 0 ? kSizeClasses : 0);
}

// What is remembered of one lead.
struct LeadPast {
  std::uint32_t last = 0, before = 0, third = 0;
  std::array<std::int32_t, 4> residual{};  // newest first
  int known = 0;
};

// The cells of all decisions in one context, those of small residuals in the first cache line.
struct alignas(64) Row {
  std::array<Cell, 32> cells{};
};
static_assert(kNodes <= 32);

struct Contexts {
  std::array<Row*, kMixed> rows{};
  int mixer = 0;          // of kMixerSets
  Cell* below = nullptr;  // row for the bits below the leading one
};

// Encoder and decoder in one: Port::bit(wanted, one_share) writes the wanted bit, or reads one whatever is
// wanted, and returns it.
template <class Port>
class Mixer {
 public:
  Mixer(Port port, std::size_t leads) : port_(port), leads_(leads) {
    rows_[0].resize(kSignedClasses * kSignedClasses);
    rows_[1].resize(kSizeClasses * kSizeClasses);
    rows_[2].resize(kHashed);
    below_.resize(kBelowContexts * kBelowStride);
    for (auto& set : weights_) set.fill(kFirstWeight);
  }

  // The sample of the next lead in turn; value matters when encoding.
  std::uint32_t code(std::size_t lead, std::uint32_t value) {
    LeadPast& past = leads_[lead];
    const std::uint32_t predicted = past.known >= 2 ? 2 * past.last - past.before : past.last;
    const Contexts contexts = contexts_of(lead);
    const std::int32_t residual = code_residual(contexts, static_cast<std::int32_t>(value - predicted));
    const std::uint32_t sample = predicted + static_cast<std::uint32_t>(residual);
    past.third = past.known >= 2 ? past.before : sample;
    past.before = past.known >= 1 ? past.last : sample;
    past.last = sample;
    std::ranges::copy_backward(std::span(past.residual).first(3), past.residual.end());
    past.residual[0] = past.known == 0 ? 0 : residual;
    past.known = std::min(past.known + 1, 2);
    return sample;
  }

 private:
  static constexpr std::size_t kHashed = 1024;
  static constexpr std::size_t kBelowContexts = 2 * kSizeClasses;
  static constexpr std::size_t kBelowStride = 24;
  static constexpr std::int32_t kFirstWeight = 28400;  // 65536 = as it stands

  Contexts contexts_of(std::size_t lead) {
    const LeadPast& past = leads_[lead];
    const auto size = [](std::int32_t r) { return std::min(magnitude_of(r), 1023U); };
    const std::uint32_t activity =
        size(past.residual[0]) + size(past.residual[1]) + size(past.residual[2]) + size(past.residual[3]);
    const std::uint32_t neighbours = (lead > 0 ? 2 * size(leads_[lead - 1].residual[0]) : 0) +
                                     (lead > 1 ? size(leads_[lead - 2].residual[0]) : 0);
    const int active = size_class(activity);
    const std::uint32_t slope = past.last - past.before;
    const std::uint32_t bend = past.last - 2 * past.before + past.third;
    Contexts out;
    const auto at = [this](std::size_t table, int row) {
      return &rows_[table][static_cast<std::size_t>(row)];
    };
    out.rows[0] = at(0, signed_class(past.residual[0]) * kSignedClasses + signed_class(past.residual[1]));
    out.rows[1] = at(1, active * kSizeClasses + size_class(neighbours));
    out.rows[2] = at(2, static_cast<int>((slope * 4096 + bend) * 2654435761U >> 22));
    out.mixer = std::min(kMixerSets - 1, active / 3);
    out.below = &below_[static_cast<std::size_t>(size_class(size(past.residual[0]))) * 2 * kBelowStride];
    return out;
  }

  bool mixed(const Contexts& contexts, int node, bool wanted) {
    auto& weights = weights_[static_cast<std::size_t>(node * kMixerSets + contexts.mixer)];
    std::array<std::int32_t, kMixed> logits{};
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < kMixed; ++i) {
      logits[i] = curves_.logit[contexts.rows[i]->cells[static_cast<std::size_t>(node)].one >> 4];
      sum += logits[i] * (weights[i] >> 4);
    }
    const std::int32_t one =
        curves_.logistic[static_cast<std::size_t>(std::clamp(sum >> 12, -2047, 2047) + 2048)];
    const bool bit = port_.bit(wanted, static_cast<std::uint32_t>(one) << 4);
    const std::int32_t error = ((bit ? 4096 : 0) - one) * kLearning;
    for (std::size_t i = 0; i < kMixed; ++i) {
      weights[i] = std::clamp(weights[i] + ((logits[i] * error + 0x800) >> 12), -kMostWeight, kMostWeight);
      correct(contexts.rows[i]->cells[static_cast<std::size_t>(node)], bit, curves_);
    }
    return bit;
  }
  static constexpr std::int32_t kLearning = 8;
  static constexpr std::int32_t kMostWeight = 1 << 19;

  bool single(Cell& cell, bool wanted) {
    const bool bit = port_.bit(wanted, cell.one | 1U);
    correct(cell, bit, curves_);
    return bit;
  }

  std::int32_t code_residual(const Contexts& contexts, std::int32_t residual) {
    if (!mixed(contexts, 0, residual != 0)) return 0;
    const bool negative = mixed(contexts, 1, residual < 0);
    const std::uint32_t wanted = magnitude_of(residual);
    const int wanted_exponent = std::bit_width(wanted) - 1;
    int exponent = 0;
    while (exponent < kMostExponent &&
           mixed(contexts, 2 + 2 * std::min(exponent, kUnaryNodes - 1) + (negative ? 1 : 0),
                 wanted_exponent > exponent)) {
      ++exponent;
    }
    std::uint32_t magnitude = 1;
    for (int i = exponent - 1; i >= 0; --i) {
      const std::size_t at =
          static_cast<std::size_t>(std::min(exponent, 11)) * 2 + (i == exponent - 1 ? 0 : 1);
      Cell& cell = contexts.below[(negative ? kBelowStride : 0) + at];
      magnitude = magnitude << 1 | (single(cell, (wanted >> i & 1) != 0) ? 1U : 0U);
    }
    return static_cast<std::int32_t>(negative ? 0U - magnitude : magnitude);
  }

  Port port_;
  const Curves& curves_ = curves();
  std::array<std::vector<Row>, kMixed> rows_;
  std::vector<Cell> below_;
  std::array<std::array<std::int32_t, kMixed>, static_cast<std::size_t>(kNodes* kMixerSets)> weights_{};
  std::vector<LeadPast> leads_;
};

struct Encoding {
  BitEncoder* coder;
  bool bit(bool wanted, std::uint32_t one_share) const {
    coder->put(wanted, one_share);
    return wanted;
  }
};
struct Decoding {
  BitDecoder* coder;
  bool bit(bool /*wanted*/, std::uint32_t one_share) const { return coder->take(one_share); }
};

}  // namespace

std::string encode_context_mix(std::span<const std::int32_t> samples, std::size_t leads) {
  BitEncoder coder;
  const auto mixer = std::make_unique<Mixer<Encoding>>(Encoding{&coder}, leads);
  std::size_t lead = 0;
  for (const std::int32_t sample : samples) {
    mixer->code(lead, static_cast<std::uint32_t>(sample));
    lead = lead + 1 == leads ? 0 : lead + 1;
  }
  return coder.finish();
}

bool decode_context_mix(std::string_view payload, std::size_t leads, std::span<std::int32_t> samples) {
  BitDecoder coder(payload);
  const auto mixer = std::make_unique<Mixer<Decoding>>(Decoding{&coder}, leads);
  std::size_t lead = 0;
  for (std::int32_t& sample : samples) {
    if (coder.past_end()) return false;
    sample = static_cast<std::int32_t>(mixer->code(lead, 0));
    lead = lead + 1 == leads ? 0 : lead + 1;
  }
  return coder.at_end();
}

}  // namespace ecg::wire
