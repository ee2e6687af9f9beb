#include "dsp/beats/cluster.h"

#include <algorithm>
#include <cmath>

#include "dsp/beats/window.h"
#include "dsp/filter/basic.h"

namespace ecg::dsp {
namespace {

constexpr double kBeforeMs = 96, kAfterMs = 136;
// Detectors take now R, now S of one shape for its peak.
constexpr double kReachMs = 64;
// A beat of this correlation is of the same shape; groups that came to resemble each other so much are one.
constexpr double kSameShape = 0.88, kSameGroup = 0.93;
constexpr float kSurelySame = 0.97F, kShiftPrice = 0.001F;
constexpr std::size_t kLiveMost = 24;
constexpr std::size_t kLeadsMost = 8;
constexpr double kLeastScaleUv = 60;
// Over how many beats a shape follows slow change (posture, breathing).
constexpr int kMemory = 16;

struct Shape {
  std::vector<float> mean;  // leads one after another, each without its mean, all of unit length
  int count = 0;
  int last_seen = 0;  // beat number
  int id = 0;
};

float dot(const float* a, const float* b, std::size_t n) {
  float sum[4] = {0, 0, 0, 0};
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    for (std::size_t k = 0; k < 4; ++k) sum[k] += a[i + k] * b[i + k];
  }
  float rest = 0;
  for (; i < n; ++i) rest += a[i] * b[i];
  return sum[0] + sum[1] + (sum[2] + sum[3]) + rest;
}

// Makes the vector of unit length; of no length it stays as it is.
void normalise(std::span<float> v) {
  const float energy = dot(v.data(), v.data(), v.size());
  const float factor = energy > 0 ? 1 / std::sqrt(energy) : 0;
  for (float& value : v) value *= factor;
}

class Comparer {
 public:
  Comparer(std::span<const Channel> channels, std::span<const SampleIndex> r_peaks, Hertz fs)
      : grid_(fs), per_lead_(static_cast<std::size_t>(grid_.count(kBeforeMs) + 1 + grid_.count(kAfterMs))) {
    std::vector<float> beat(per_lead_);
    for (const Channel& channel : channels) {
      if (channel.weight <= 0 || channel.centered.empty() || leads_.size() == kLeadsMost) continue;
      double scale = usual_size(channel.centered, r_peaks, beat);
      if (channel.calibrated) scale = std::max(scale, kLeastScaleUv);
      if (!(scale > 0)) continue;
      leads_.push_back(&channel.centered);
      factors_.push_back(static_cast<float>(channel.weight / scale));
    }
  }

  bool empty() const { return leads_.empty(); }
  std::size_t size() const { return per_lead_ * leads_.size(); }

  bool whole(SampleIndex r) const {
    const auto frames = static_cast<SampleIndex>(leads_.front()->size());
    return r >= static_cast<SampleIndex>(grid_.count(kBeforeMs)) * grid_.step &&
           r + static_cast<SampleIndex>(grid_.count(kAfterMs)) * grid_.step < frames;
  }
  int reach() const { return grid_.count(kReachMs); }
  int step() const { return grid_.step; }

  // The beat at r.
  void read(SampleIndex r, std::vector<float>& out) const {
    read_wide(r, 0, wide_);
    narrow(0, out);
  }
  // For at(): the beat with reach() more on both sides.
  void read_wide(SampleIndex r) const { read_wide(r, reach(), wide_); }
  // The beat at r + shift * step(), -reach() <= shift <= reach().
  void at(int shift, std::vector<float>& out) const { narrow(reach() + shift, out); }

 private:
  // Median over the beats of the root mean square around their QRS.
  double usual_size(const std::vector<float>& signal, std::span<const SampleIndex> r_peaks,
                    std::vector<float>& beat) const {
    constexpr std::size_t kEnough = 64;
    std::vector<float> sizes;
    const std::size_t step = std::max<std::size_t>(1, r_peaks.size() / kEnough);
    for (std::size_t b = 0; b < r_peaks.size(); b += step) {
      cut(signal, grid_, r_peaks[b], -grid_.count(kBeforeMs), beat);
      sizes.push_back(dot(beat.data(), beat.data(), beat.size()));
    }
    return std::sqrt(static_cast<double>(quantile(sizes, 0.5)) / static_cast<double>(per_lead_));
  }

  void read_wide(SampleIndex r, int more, std::vector<float>& wide) const {
    wide_per_lead_ = per_lead_ + 2 * static_cast<std::size_t>(more);
    wide.resize(wide_per_lead_ * leads_.size());
    for (std::size_t lead = 0; lead < leads_.size(); ++lead) {
      const std::span<float> part(wide.data() + lead * wide_per_lead_, wide_per_lead_);
      cut(*leads_[lead], grid_, r, -grid_.count(kBeforeMs) - more, part);
      for (float& value : part) value *= factors_[lead];
    }
  }

  void narrow(int first, std::vector<float>& out) const {
    out.resize(size());
    for (std::size_t lead = 0; lead < leads_.size(); ++lead) {
      const float* from = wide_.data() + lead * wide_per_lead_ + first;
      float* to = out.data() + lead * per_lead_;
      float sum = 0;
      for (std::size_t i = 0; i < per_lead_; ++i) sum += from[i];
      const float mean = sum / static_cast<float>(per_lead_);
      for (std::size_t i = 0; i < per_lead_; ++i) to[i] = from[i] - mean;
    }
    normalise(out);
  }

  BeatGrid grid_;
  std::size_t per_lead_;
  mutable std::size_t wide_per_lead_ = 0;
  mutable std::vector<float> wide_;
  std::vector<const std::vector<float>*> leads_;
  std::vector<float> factors_;
};

class Grouper {
 public:
  explicit Grouper(const Comparer& comparer) : comparer_(comparer) {}

  // Group of a beat; r moves to where the beat fits best.
  int take(int beat, SampleIndex& r, float& likeness) {
    comparer_.read(r, best_);
    Fit fit = compare(best_);
    const SampleIndex start = r;
    if (!shapes_.empty() && fit.likeness < kSurelySame) {
      comparer_.read_wide(start);
      for (int shift = -comparer_.reach(); shift <= comparer_.reach(); ++shift) {
        comparer_.at(shift, shifted_);
        Fit other = compare(shifted_);
        // A small price on shifting keeps beats of flat shape in place.
        other.likeness -= kShiftPrice * static_cast<float>(std::abs(shift));
        if (other.likeness <= fit.likeness) continue;
        fit = other, r = start + shift * comparer_.step();
        best_.swap(shifted_);
      }
    }
    // The ends of the recording may cut a beat: it goes where it fits best and teaches nothing.
    if (!shapes_.empty() && !comparer_.whole(start)) {
      r = start, likeness = fit.likeness;
      ++shapes_[fit.shape].count;
      return shapes_[fit.shape].id;
    }
    if (fit.likeness < static_cast<float>(kSameShape)) {
      if (r != start) comparer_.read(start, best_);
      r = start, likeness = 1;
      return begin_shape(beat);
    }
    refine(fit, r);
    likeness = fit.likeness;
    Shape& shape = shapes_[fit.shape];
    learn(shape);
    shape.last_seen = beat;
    return shape.id;
  }

  // To which group each id belongs in the end.
  std::vector<int> final_groups();
  int rest() const { return rest_; }

 private:
  struct Fit {
    float likeness = -2;
    std::size_t shape = 0;
  };

  // Climbs from r in ever smaller steps, down to one sample.
  void refine(Fit& fit, SampleIndex& r) {
    for (int step = comparer_.step(); step >= 1; step /= 2) {
      for (const int shift : {-step, step}) {
        comparer_.read(r + shift, shifted_);
        const float likeness = dot(shifted_.data(), shapes_[fit.shape].mean.data(), shifted_.size());
        if (likeness <= fit.likeness) continue;
        fit.likeness = likeness, r += shift;
        best_.swap(shifted_);
        break;
      }
    }
  }

  Fit compare(const std::vector<float>& beat) const {
    Fit fit;
    for (std::size_t s = 0; s < shapes_.size(); ++s) {
      const float likeness = dot(beat.data(), shapes_[s].mean.data(), beat.size());
      if (likeness > fit.likeness) fit = {likeness, s};
    }
    return fit;
  }

  void learn(Shape& shape) {
    const float share = 1.0F / static_cast<float>(std::min(shape.count + 1, kMemory));
    for (std::size_t i = 0; i < best_.size(); ++i) shape.mean[i] += share * (best_[i] - shape.mean[i]);
    normalise(shape.mean);
    ++shape.count;
  }

  int begin_shape(int beat) {
    const int id = static_cast<int>(parent_.size());
    parent_.push_back(id);
    if (shapes_.size() == kLiveMost) {
      // Each hundred beats of absence weigh as much as one beat seen.
      const auto worth = [beat](const Shape& s) { return 100 * s.count - (beat - s.last_seen); };
      auto victim = std::ranges::min_element(shapes_, {}, worth);
      if (rest_ < 0) rest_ = victim->id;
      parent_[static_cast<std::size_t>(victim->id)] = rest_;
      *victim = {best_, 1, beat, id};
    } else {
      shapes_.push_back({best_, 1, beat, id});
    }
    return id;
  }

  const Comparer& comparer_;
  std::vector<Shape> shapes_;
  std::vector<int> parent_;
  int rest_ = -1;
  std::vector<float> best_, shifted_;
};

std::vector<int> Grouper::final_groups() {
  std::ranges::stable_sort(shapes_, std::greater{}, &Shape::count);
  for (std::size_t s = 1; s < shapes_.size(); ++s) {
    for (std::size_t larger = 0; larger < s; ++larger) {
      if (parent_[static_cast<std::size_t>(shapes_[larger].id)] != shapes_[larger].id) continue;
      const float likeness = dot(shapes_[s].mean.data(), shapes_[larger].mean.data(), shapes_[s].mean.size());
      if (likeness < static_cast<float>(kSameGroup)) continue;
      parent_[static_cast<std::size_t>(shapes_[s].id)] = shapes_[larger].id;
      break;
    }
  }
  std::vector<int> out(parent_.size());
  for (std::size_t id = 0; id < parent_.size(); ++id) {
    int root = static_cast<int>(id);
    while (parent_[static_cast<std::size_t>(root)] != root) root = parent_[static_cast<std::size_t>(root)];
    out[id] = root;
  }
  return out;
}

// Numbers the groups that are in use from 0 in order of their first beat.
void renumber(std::span<const int> final_group, int rest, BeatShapes& shapes) {
  std::vector<int> number(final_group.size(), -1);
  for (int& group : shapes.group) {
    int& n = number[static_cast<std::size_t>(final_group[static_cast<std::size_t>(group)])];
    if (n < 0) {
      n = static_cast<int>(shapes.group_size.size());
      shapes.group_size.push_back(0);
    }
    group = n;
    ++shapes.group_size[static_cast<std::size_t>(n)];
  }
  if (rest >= 0) shapes.rest = number[static_cast<std::size_t>(rest)];
}

}  // namespace

BeatShapes group_beats(std::span<const Channel> channels, std::span<const SampleIndex> r_peaks,
                       Hertz sampling_frequency) {
  BeatShapes result;
  result.r_peaks.assign(r_peaks.begin(), r_peaks.end());
  result.group.assign(r_peaks.size(), 0);
  result.likeness.assign(r_peaks.size(), 1);
  if (r_peaks.empty()) return result;
  const Comparer comparer(channels, r_peaks, sampling_frequency);
  if (comparer.empty()) {
    result.group_size = {static_cast<int>(r_peaks.size())};
    return result;
  }
  Grouper grouper(comparer);
  for (std::size_t b = 0; b < r_peaks.size(); ++b) {
    result.group[b] = grouper.take(static_cast<int>(b), result.r_peaks[b], result.likeness[b]);
  }
  const std::vector<int> final_groups = grouper.final_groups();
  renumber(final_groups, grouper.rest(), result);
  return result;
}

}  // namespace ecg::dsp
