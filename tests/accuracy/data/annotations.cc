#include "tests/accuracy/data/annotations.h"

#include <cmath>
#include <cstdlib>
#include <stdexcept>

#include "common/base/file.h"

namespace ecg::accuracy {
namespace {

constexpr std::size_t kAnnotationBytesMax = 16 << 20;

// By annotation code.
constexpr std::string_view kSymbols[] = {
    "?", "N",  "L", "R", "a", "V", "F", "J", "A", "S", "E", "j", "/", "Q", "~", "?", "|", "?", "s", "T", "*",
    "D", "\"", "=", "p", "B", "^", "t", "+", "u", "?", "!", "[", "]", "e", "n", "@", "x", "f", "(", ")", "r"};

// Codes that do not annotate but say how to read on.
constexpr unsigned kSkip = 59, kNumber = 60, kSubtype = 61, kChannel = 62, kAux = 63;

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  std::vector<Annotation> all() {
    while (at_ + 2 <= bytes_.size()) {
      const unsigned word = next_word();
      const unsigned code = word >> 10, value = word & 1023;
      if (word == 0) break;
      if (code == kSkip) {
        const std::uint32_t high = next_word();
        time_ += static_cast<std::int32_t>((high << 16) | next_word());
      } else if (code == kAux) {
        if (!out_.empty()) out_.back().aux = aux(value);
        at_ += (value + 1) / 2 * 2;
      } else if (code != kNumber && code != kSubtype && code != kChannel) {
        time_ += value;
        out_.push_back({time_, code < std::size(kSymbols) ? std::string(kSymbols[code]) : "?", ""});
      }
    }
    return std::move(out_);
  }

 private:
  unsigned next_word() {
    if (at_ + 2 > bytes_.size()) return 0;
    const auto low = static_cast<unsigned char>(bytes_[at_]),
               high = static_cast<unsigned char>(bytes_[at_ + 1]);
    at_ += 2;
    return low | (unsigned{high} << 8);
  }

  std::string aux(std::size_t length) const {
    std::string text(bytes_.substr(std::min(at_, bytes_.size()), length));
    while (!text.empty() && text.back() == '\0') text.pop_back();
    return text;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::int64_t time_ = 0;
  std::vector<Annotation> out_;
};

}  // namespace

std::vector<Annotation> read_annotations(const std::string& path, double hz) {
  const auto bytes = read_file(path, kAnnotationBytesMax);
  if (!bytes.ok()) throw std::runtime_error(path + ": " + message(bytes.error(), Language::kEnglish));
  auto all = Reader(*bytes).all();
  constexpr std::string_view kResolution = "## time resolution:";
  double resolution = hz;
  for (std::size_t i = 0; i < all.size() && i < 3; ++i)
    if (all[i].aux.starts_with(kResolution)) resolution = std::atof(all[i].aux.c_str() + kResolution.size());
  std::erase_if(all, [](const Annotation& a) { return a.aux.starts_with("## "); });
  if (resolution == hz || !(resolution > 0)) return all;
  for (Annotation& a : all)
    a.sample = static_cast<std::int64_t>(std::nearbyint(static_cast<double>(a.sample) * hz / resolution));
  return all;
}

bool is_beat(std::string_view symbol) {
  return symbol.size() == 1 && std::string_view("NLRaVFJASEj/QBenf?r").find(symbol) != std::string_view::npos;
}

dsp::BeatClass aami_class(std::string_view symbol) {
  const auto in = [symbol](std::string_view set) { return set.find(symbol) != std::string_view::npos; };
  if (in("NLRBejn")) return dsp::BeatClass::kNormal;
  if (in("AaJS")) return dsp::BeatClass::kSupraventricular;
  if (in("VEr")) return dsp::BeatClass::kVentricular;
  if (in("F")) return dsp::BeatClass::kFusion;
  return dsp::BeatClass::kUnknown;
}

}  // namespace ecg::accuracy
