#include "common/base/ids.h"

#include <array>
#include <cstdint>

namespace ecg {
namespace {
constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
}

std::string random_id(Random& random) {
  std::array<std::uint8_t, 17> bytes{};  // 130 bits are read; the last two are always zero
  random.fill(std::span(bytes).first(16));
  std::string text(26, '0');
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t bit = i * 5;
    const unsigned pair =
        (static_cast<unsigned>(bytes[bit / 8]) << 8) | bytes[bit / 8 + 1 < 17 ? bit / 8 + 1 : 16];
    text[i] = kAlphabet[(pair >> (11 - bit % 8)) & 31u];
  }
  return text;
}

bool is_random_id(std::string_view text) {
  return text.size() == 26 && text.find_first_not_of(kAlphabet) == std::string_view::npos;
}

bool is_site_id(std::string_view text) {
  return text.size() >= 2 && text.size() <= 32 && text.front() >= 'a' && text.front() <= 'z' &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

}  // namespace ecg
