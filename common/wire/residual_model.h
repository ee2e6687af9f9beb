// What codec 2 of docs/formats/waveform-block.md predicts of the next sample: the value itself by a straight
// line through the last two of its lead, and how far off that will be from how far off it has just been.
// Encoder and decoder walk it in the same steps.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ecg::wire {

inline constexpr int kContextLevels = 22;
inline constexpr int kContexts = kContextLevels * 3;

class ResidualModel {
 public:
  explicit ResidualModel(std::size_t leads) : leads_(leads) {}

  // Call for lead 0, 1 ... of each frame in turn, and tell() after each. Arithmetic is modulo 2^32.
  std::uint32_t predicted(std::size_t lead) const {
    const Lead& l = leads_[lead];
    return l.known >= 2 ? 2 * l.last - l.before : l.last;
  }

  int context(std::size_t lead) const {
    const Lead& l = leads_[lead];
    const std::uint32_t own = 2 * l.size[0] + l.size[1] + l.size[2];
    std::uint32_t activity = 2 * own;
    if (lead > 0) {
      const std::uint32_t neighbours =
          2 * leads_[lead - 1].size[0] + (lead > 1 ? leads_[lead - 2].size[0] : 0);
      activity = own + neighbours * 3 / 2;
    }
    return 3 * level(activity / 2) + l.sign;
  }

  void tell(std::size_t lead, std::uint32_t sample, std::int32_t residual) {
    Lead& l = leads_[lead];
    l.before = l.last;
    l.last = sample;
    l.size[2] = l.size[1];
    l.size[1] = l.size[0];
    // The first sample of a block is off by its whole value, which says nothing about the next.
    const std::uint32_t magnitude =
        residual < 0 ? 0U - static_cast<std::uint32_t>(residual) : static_cast<std::uint32_t>(residual);
    l.size[0] = l.known == 0 ? 0 : std::min(magnitude, kLargestSize);
    l.sign = l.known == 0 || residual == 0 ? 1 : residual < 0 ? 0 : 2;
    l.known = std::min(l.known + 1, 2);
  }

 private:
  struct Lead {
    std::uint32_t last = 0, before = 0;
    std::array<std::uint32_t, 3> size{};  // of the last residuals, newest first
    int sign = 1;                         // of the last residual: 0 below, 1 at, 2 above zero
    int known = 0;                        // samples seen, at most 2
  };
  static constexpr std::uint32_t kLargestSize = 1023;
  // Least activity of each level: one by one, then two to an octave.
  static constexpr std::array<std::uint32_t, kContextLevels> kLevelFrom{
      0, 1, 2, 3, 4, 5, 6, 9, 12, 17, 24, 34, 48, 68, 96, 136, 192, 272, 384, 544, 768, 1087};

  static int level(std::uint32_t activity) {
    static constexpr std::size_t kLast = kLevelFrom.back();
    static constexpr auto kLevels = [] {
      std::array<std::uint8_t, kLast + 1> levels{};
      for (std::size_t a = 0, at = 0; a <= kLast; ++a) {
        if (at + 1 < kLevelFrom.size() && a >= kLevelFrom[at + 1]) ++at;
        levels[a] = static_cast<std::uint8_t>(at);
      }
      return levels;
    }();
    return kLevels[std::min<std::size_t>(activity, kLast)];
  }

  std::vector<Lead> leads_;
};

// The residual as a symbol and its remaining bits: -16..16 are symbols 0..32; larger ones, by the position of
// their leading bit (4..10), 33..39 with a sign and the bits below the leading one; 40 with all 32 bits.
inline constexpr int kSymbols = 41;
inline constexpr int kDirect = 16;
inline constexpr int kLeastExponent = 4, kMostExponent = 10;
inline constexpr int kRawSymbol = kSymbols - 1;

}  // namespace ecg::wire
