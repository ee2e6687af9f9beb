#include "dsp/filter/baseline.h"

#include <algorithm>

#include "dsp/filter/basic.h"

namespace ecg::dsp {
namespace {

constexpr double kCutoffHz = 0.5;
constexpr double kKnotMs = 16;

struct Knot {
  double at;
  double level;
  double slope = 0;
};

std::vector<Knot> levels(const std::vector<float>& signal, std::span<const SampleIndex> knots, int width) {
  std::vector<Knot> out;
  for (SampleIndex knot : knots) {
    const SampleIndex end = std::clamp<SampleIndex>(knot, 0, static_cast<SampleIndex>(signal.size()));
    const SampleIndex begin = std::max<SampleIndex>(0, end - width);
    if (begin >= end) continue;
    double sum = 0;
    for (SampleIndex i = begin; i < end; ++i) sum += static_cast<double>(signal[static_cast<std::size_t>(i)]);
    const double at = static_cast<double>(begin + end - 1) / 2;
    if (!out.empty() && at <= out.back().at) continue;
    out.push_back({at, sum / static_cast<double>(end - begin)});
  }
  for (std::size_t k = 1; k + 1 < out.size(); ++k) {
    out[k].slope = (out[k + 1].level - out[k - 1].level) / (out[k + 1].at - out[k - 1].at);
  }
  return out;
}

double hermite(const Knot& a, const Knot& b, double at) {
  const double h = b.at - a.at, t = (at - a.at) / h, t2 = t * t, t3 = t2 * t;
  return (2 * t3 - 3 * t2 + 1) * a.level + (t3 - 2 * t2 + t) * h * a.slope + (3 * t2 - 2 * t3) * b.level +
         (t3 - t2) * h * b.slope;
}

}  // namespace

void remove_baseline_zero_phase(std::vector<float>& signal, Hertz sampling_frequency) {
  filter_zero_phase(high_pass(kCutoffHz, sampling_frequency), samples_of_ms(sampling_frequency, 2000),
                    signal);
}

void remove_baseline_at_knots(std::vector<float>& signal, std::span<const SampleIndex> knots,
                              Hertz sampling_frequency) {
  const std::vector<Knot> curve = levels(signal, knots, samples_of_ms(sampling_frequency, kKnotMs));
  if (curve.empty()) return;
  std::size_t next = 0;  // first knot at or after the sample
  for (std::size_t i = 0; i < signal.size(); ++i) {
    const auto at = static_cast<double>(i);
    while (next < curve.size() && curve[next].at < at) ++next;
    const double level = next == 0              ? curve.front().level
                         : next == curve.size() ? curve.back().level
                                                : hermite(curve[next - 1], curve[next], at);
    signal[i] -= static_cast<float>(level);
  }
}

}  // namespace ecg::dsp
