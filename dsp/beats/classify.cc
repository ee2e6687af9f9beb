#include "dsp/beats/classify.h"

#include <algorithm>

#include "dsp/filter/basic.h"

namespace ecg::dsp {
namespace {

constexpr double kWideMs = 110;
constexpr double kWiderByMs = 16;
constexpr double kNarrowerByMs = 25;
constexpr double kEarly = 0.85;
constexpr std::size_t kNeighbours = 4;

// Median of the RR intervals around beat b, without the two that touch it.
double local_rr(const std::vector<SampleIndex>& r, std::size_t b) {
  std::vector<float> around;
  const std::size_t first = b > kNeighbours ? b - kNeighbours : 1;
  for (std::size_t k = first; k < std::min(r.size(), b + kNeighbours + 2); ++k) {
    if (k != b && k != b + 1) around.push_back(static_cast<float>(r[k] - r[k - 1]));
  }
  return static_cast<double>(quantile(around, 0.5));
}

}  // namespace

int usual_group(const BeatShapes& shapes, std::span<const GroupFacts> facts) {
  if (shapes.group_size.empty()) return 0;
  const auto largest = std::ranges::max_element(shapes.group_size) - shapes.group_size.begin();
  auto best = static_cast<std::size_t>(largest);
  for (std::size_t g = 0; g < shapes.group_size.size() && g < facts.size(); ++g) {
    const bool large_enough =
        3 * shapes.group_size[g] >= shapes.group_size[static_cast<std::size_t>(largest)];
    if (large_enough && facts[g].qrs_ms > 0 && facts[g].qrs_ms + kNarrowerByMs < facts[best].qrs_ms) best = g;
  }
  return static_cast<int>(best);
}

std::vector<BeatClass> classify_beats(const BeatShapes& shapes, std::span<const GroupFacts> facts, int usual,
                                      bool irregular) {
  const std::vector<SampleIndex>& r = shapes.r_peaks;
  std::vector<BeatClass> classes(r.size(), BeatClass::kNormal);
  const double usual_ms = facts.empty() ? 0 : facts[static_cast<std::size_t>(usual)].qrs_ms;
  for (std::size_t b = 0; b < r.size(); ++b) {
    const double rr = local_rr(r, b);
    const double before = b > 0 ? static_cast<double>(r[b] - r[b - 1]) : rr;
    const bool early = rr > 0 && before < kEarly * rr;
    if (shapes.group[b] == usual) {
      if (early && !irregular) classes[b] = BeatClass::kSupraventricular;
      continue;
    }
    const double own_ms = facts[static_cast<std::size_t>(shapes.group[b])].qrs_ms;
    const bool wide = own_ms >= std::max(kWideMs, usual_ms + kWiderByMs);
    if (wide) {
      classes[b] = BeatClass::kVentricular;
    } else if (early && !irregular) {
      classes[b] = BeatClass::kSupraventricular;
    }
  }
  return classes;
}

}  // namespace ecg::dsp
