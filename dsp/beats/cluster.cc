#include "dsp/beats/cluster.h"

#include <algorithm>
#include <cmath>

#include "dsp/filter/basic.h"

namespace ecg::dsp {
namespace {

constexpr double kBeforeMs = 90, kAfterMs = 130, kShiftMs = 16;
constexpr double kSameShape = 0.88;
constexpr std::size_t kGroupsMost = 8;
constexpr std::size_t kLeadsMost = 8;
constexpr double kLeastScaleUv = 200;

struct Shape {
  std::vector<float> mean;  // leads one after another, each without its mean, all of unit length
  int count = 0;
};

class Comparer {
 public:
  Comparer(std::span<const Channel> channels, Hertz fs)
      : before_(samples_of_ms(fs, kBeforeMs)),
        after_(samples_of_ms(fs, kAfterMs)),
        step_(std::max(1, static_cast<int>(fs.value / 240))) {
    for (const Channel& channel : channels) {
      if (channel.weight <= 0 || leads_.size() == kLeadsMost) continue;
      std::vector<float> magnitude;
      for (std::size_t i = 0; i < channel.centered.size(); i += 4)
        magnitude.push_back(std::abs(channel.centered[i]));
      // The 98 % quantile lies on the QRS and below single artefacts.
      double scale = static_cast<double>(quantile(magnitude, 0.98));
      if (channel.calibrated) scale = std::max(scale, kLeastScaleUv);
      if (scale <= 0) continue;
      leads_.push_back(&channel.centered);
      factors_.push_back(static_cast<float>(channel.weight / scale));
    }
  }

  bool empty() const { return leads_.empty(); }

  void cut(SampleIndex r, std::vector<float>& out) const {
    out.clear();
    double energy = 0;
    for (std::size_t lead = 0; lead < leads_.size(); ++lead) {
      const std::vector<float>& x = *leads_[lead];
      const auto last = static_cast<SampleIndex>(x.size()) - 1;
      const std::size_t first = out.size();
      double sum = 0;
      for (SampleIndex i = r - before_; i <= r + after_; i += step_) {
        const float value = x[static_cast<std::size_t>(std::clamp<SampleIndex>(i, 0, last))] * factors_[lead];
        out.push_back(value);
        sum += static_cast<double>(value);
      }
      const auto mean = static_cast<float>(sum / static_cast<double>(out.size() - first));
      for (std::size_t k = first; k < out.size(); ++k) {
        out[k] -= mean;
        energy += static_cast<double>(out[k]) * static_cast<double>(out[k]);
      }
    }
    const auto norm = static_cast<float>(energy > 0 ? 1 / std::sqrt(energy) : 0);
    for (float& value : out) value *= norm;
  }

 private:
  int before_, after_, step_;
  std::vector<const std::vector<float>*> leads_;
  std::vector<float> factors_;
};

double correlation(const std::vector<float>& a, const std::vector<float>& b) {
  float sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return static_cast<double>(sum);
}

void learn(Shape& shape, const std::vector<float>& beat) {
  const float share = 1.0F / static_cast<float>(std::min(shape.count + 1, 16));
  double energy = 0;
  for (std::size_t i = 0; i < beat.size(); ++i) {
    shape.mean[i] += share * (beat[i] - shape.mean[i]);
    energy += static_cast<double>(shape.mean[i]) * static_cast<double>(shape.mean[i]);
  }
  const auto norm = static_cast<float>(energy > 0 ? 1 / std::sqrt(energy) : 0);
  for (float& value : shape.mean) value *= norm;
  ++shape.count;
}

}  // namespace

BeatShapes group_beats(std::span<const Channel> channels, std::span<const SampleIndex> r_peaks,
                       Hertz sampling_frequency) {
  BeatShapes result;
  result.r_peaks.assign(r_peaks.begin(), r_peaks.end());
  result.group.assign(r_peaks.size(), 0);
  const Comparer comparer(channels, sampling_frequency);
  if (comparer.empty() || r_peaks.empty()) {
    result.group_size = {static_cast<int>(r_peaks.size())};
    return result;
  }
  const int reach = samples_of_ms(sampling_frequency, kShiftMs);
  const int step = std::max(1, reach / 8);
  std::vector<Shape> shapes;
  std::vector<float> beat, best_beat;
  for (std::size_t b = 0; b < r_peaks.size(); ++b) {
    double best = -2;
    std::size_t best_group = 0;
    int best_shift = 0;
    for (int shift = -reach; shift <= reach && !shapes.empty(); shift += step) {
      comparer.cut(r_peaks[b] + shift, beat);
      for (std::size_t g = 0; g < shapes.size(); ++g) {
        // A small price on shifting keeps beats of flat shape in place.
        const double similar = correlation(beat, shapes[g].mean) - 0.0005 * std::abs(shift);
        if (similar <= best) continue;
        best = similar, best_group = g, best_shift = shift;
        best_beat = beat;
      }
    }
    if (best < kSameShape && shapes.size() < kGroupsMost) {
      comparer.cut(r_peaks[b], beat);
      best_group = shapes.size();
      shapes.push_back({beat, 1});
    } else {
      learn(shapes[best_group], best_beat);
      result.r_peaks[b] = r_peaks[b] + best_shift;
    }
    result.group[b] = static_cast<int>(best_group);
  }
  for (const Shape& shape : shapes) result.group_size.push_back(shape.count);
  return result;
}

}  // namespace ecg::dsp
