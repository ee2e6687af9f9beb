#include "dsp/filter/baseline.h"

#include <algorithm>
#include <cmath>

#include "dsp/filter/basic.h"
#include "dsp/filter/lanes.h"

namespace ecg::dsp {
namespace {

constexpr double kCutoffHz = 0.5;
constexpr double kKnotMs = 16;
// Means over 20 ms have no mains in them, of 50 or of 60 Hz to speak of, and reach 25 Hz.
constexpr double kStepMs = 20;
constexpr double kPadMs = 2000;
// About one beat, so that a recording that begins in a QRS does not begin with its height as baseline.
constexpr double kPivotMs = 700;

// Weights 1 2 1 over 4: what lies above the new sampling rate does not come back as baseline.
void smooth_binomial(std::vector<float>& values) {
  float before = values.front();
  for (std::size_t k = 0; k < values.size(); ++k) {
    const float here = values[k], after = k + 1 < values.size() ? values[k + 1] : here;
    values[k] = (before + 2 * here + after) / 4;
    before = here;
  }
}

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

// Subtracts the cubic between two knots from x[from, to).
void subtract_hermite(const Knot& a, const Knot& b, std::size_t from, std::size_t to, std::vector<float>& x) {
  const double h = b.at - a.at, rise = b.level - a.level, per = 1 / h;
  const double c1 = h * a.slope, c2 = 3 * rise - h * (2 * a.slope + b.slope),
               c3 = h * (a.slope + b.slope) - 2 * rise;
  const auto start = static_cast<float>((static_cast<double>(from) - a.at) * per);
  const auto step = static_cast<float>(per);
  const auto f0 = static_cast<float>(a.level), f1 = static_cast<float>(c1), f2 = static_cast<float>(c2),
             f3 = static_cast<float>(c3);
  float* out = x.data() + from;
  const auto n = static_cast<int>(to - from);
  for (int i = 0; i < n; ++i) {
    const float t = start + static_cast<float>(i) * step;
    out[i] -= f0 + t * (f1 + t * (f2 + t * f3));
  }
}

}  // namespace

std::vector<float> block_means(std::span<const float> signal, int step) {
  std::vector<float> means(signal.size() / static_cast<std::size_t>(step));
  const float* x = signal.data();
  for (float& mean : means) {
    Lanes lanes = all(0);
    int i = 0;
    for (; i + kLanes <= step; i += kLanes) lanes += load(x + i);
    float total = sum(lanes);
    for (; i < step; ++i) total += x[i];
    mean = total / static_cast<float>(step);
    x += step;
  }
  return means;
}

// |high-pass|^2 = 1 - |low-pass|^2 for this pair, so the slow part may be found on few samples and
// subtracted.
void remove_baseline_zero_phase(std::vector<float>& signal, Hertz sampling_frequency) {
  const int step = samples_of_ms(sampling_frequency, kStepMs);
  std::vector<float> slow = block_means(signal, step);
  if (slow.size() < 2) {
    const float level = slow.empty() ? 0 : slow.front();
    for (float& x : signal) x -= level;
    return;
  }
  smooth_binomial(slow);
  const Hertz coarse{sampling_frequency.value / step};
  filter_zero_phase(low_pass(kCutoffHz, coarse), samples_of_ms(coarse, kPadMs),
                    samples_of_ms(coarse, kPivotMs), slow);
  // Between the middles of the blocks the slow part is straight.
  const auto n = static_cast<int>(signal.size()), last = static_cast<int>(slow.size()) - 1;
  for (int k = 0; k < last; ++k) {
    const float slope = (slow[static_cast<std::size_t>(k) + 1] - slow[static_cast<std::size_t>(k)]) /
                        static_cast<float>(step);
    const float middle = static_cast<float>(step - 1) / 2;
    const int from = k == 0 ? 0 : k * step + step / 2;
    const int to = k + 1 == last ? n : (k + 1) * step + step / 2;
    const float origin =
        slow[static_cast<std::size_t>(k)] + slope * (static_cast<float>(from - k * step) - middle);
    float* x = signal.data() + from;
    for (int i = 0; i < to - from; ++i) x[i] -= origin + slope * static_cast<float>(i);
  }
}

void remove_baseline_at_knots(std::vector<float>& signal, std::span<const SampleIndex> knots,
                              Hertz sampling_frequency) {
  const std::vector<Knot> curve = levels(signal, knots, samples_of_ms(sampling_frequency, kKnotMs));
  if (curve.empty()) return;
  // The first sample at or behind a knot.
  const auto sample = [&signal](const Knot& knot) {
    return std::min(signal.size(), static_cast<std::size_t>(std::ceil(knot.at)));
  };
  const auto subtract = [&signal](std::size_t from, std::size_t to, double level) {
    const auto by = static_cast<float>(level);
    for (std::size_t i = from; i < to; ++i) signal[i] -= by;
  };
  subtract(0, sample(curve.front()), curve.front().level);
  for (std::size_t k = 1; k < curve.size(); ++k)
    subtract_hermite(curve[k - 1], curve[k], sample(curve[k - 1]), sample(curve[k]), signal);
  subtract(sample(curve.back()), signal.size(), curve.back().level);
}

}  // namespace ecg::dsp
