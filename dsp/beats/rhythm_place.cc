#include "dsp/beats/rhythm_place.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace ecg::dsp {
namespace {

constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();
constexpr std::ptrdiff_t kNear = 8, kFar = 24, kLong = 120;

float median_of(std::vector<float>& values) {
  if (values.empty()) return kUnknown;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

class Rhythm {
 public:
  Rhythm(std::span<const SampleIndex> r, std::span<const std::uint8_t> usual, Hertz fs) : usual_(usual) {
    for (std::size_t b = 1; b < r.size(); ++b) {
      rr_.push_back(static_cast<float>(static_cast<double>(r[b] - r[b - 1]) / fs.value));
    }
    follow_sinus();
  }

  void measure(std::ptrdiff_t b, BeatRow& row) {
    const float local = around(b, kNear, false);
    const float calm = around(b, kFar, true);
    const float before = interval(b - 1), after = interval(b), last = interval(b - 2), next = interval(b + 1);
    set(row, BeatFeature::kRrBefore, before / local);
    set(row, BeatFeature::kRrAfter, after / local);
    set(row, BeatFeature::kRrBeforeOverAfter, before / after);
    set(row, BeatFeature::kRrBeforeOverLast, before / last);
    set(row, BeatFeature::kRrBeforeOverUsual, before / calm);
    set(row, BeatFeature::kRrTwoOverUsual, (before + after) / (2 * calm));
    set(row, BeatFeature::kRrLast, last / local);
    set(row, BeatFeature::kRrNext, next / local);
    rank(b, before, row);
    irregularity(b, row);
    set(row, BeatFeature::kRrOverLong, before / around(b, kLong, true));
    const auto over = [&](const std::vector<float>& cycle, std::ptrdiff_t i) {
      return i < 0 || i >= std::ssize(rr_)
                 ? kUnknown
                 : rr_[static_cast<std::size_t>(i)] / cycle[static_cast<std::size_t>(i)];
    };
    set(row, BeatFeature::kOverSinus, over(sinus_, b - 1));
    set(row, BeatFeature::kOverSinusBack, over(sinus_back_, b - 1));
    const float least = std::fmin(over(sinus_, b - 1), over(sinus_back_, b - 1)), spread = scatter(b);
    set(row, BeatFeature::kOverSinusLeast, least);
    set(row, BeatFeature::kRrScatter, spread);
    set(row, BeatFeature::kEarliness, (1 - over(sinus_, b - 1)) / (0.02F + spread));
    set(row, BeatFeature::kAfterOverSinus, over(sinus_, b));
    set(row, BeatFeature::kLastOverSinus, over(sinus_, b - 2));
  }

 private:
  // The cycle of the sinus node as it would be without ectopy: it follows gradual change, keeps its value
  // through what comes abruptly early, and gives way when that lasts longer than a tachycardia is likely to.
  template <typename Intervals>
  void follow(const Intervals& at, std::size_t n, std::vector<float>& cycle) {
    constexpr float kLeast = 0.87F, kMost = 1.18F, kShare = 0.25F;
    constexpr int kLongMost = 5;
    constexpr float kShortMostS = 90;
    held_.clear();
    for (std::size_t i = 0; i < std::min<std::size_t>(n, 9); ++i) held_.push_back(at(i));
    float now = median_of(held_);
    int longer = 0;
    float shorter_s = 0;
    for (std::size_t i = 0; i < n; ++i) {
      cycle[i] = now;
      const float rr = at(i), part = rr / now;
      longer = part > kMost ? longer + 1 : 0;
      shorter_s = part < kLeast ? shorter_s + rr : part <= kMost ? 0 : shorter_s;
      if (part >= kLeast && part <= kMost) {
        now += kShare * (rr - now);
      } else if (longer >= kLongMost || shorter_s > kShortMostS) {
        held_.clear();
        for (std::size_t k = i + 1 - std::min<std::size_t>(i + 1, 5); k <= i; ++k) held_.push_back(at(k));
        now = median_of(held_);
        longer = 0, shorter_s = 0;
      }
    }
  }
  void follow_sinus() {
    const std::size_t n = rr_.size();
    std::vector<float> back(n);
    sinus_.resize(n), sinus_back_.resize(n);
    follow([&](std::size_t i) { return rr_[i]; }, n, sinus_);
    follow([&](std::size_t i) { return rr_[n - 1 - i]; }, n, back);
    for (std::size_t i = 0; i < n; ++i) sinus_back_[i] = back[n - 1 - i];
  }

  static void set(BeatRow& row, BeatFeature f, float value) { row[static_cast<std::size_t>(f)] = value; }

  // Interval i lies between beats i and i + 1.
  float interval(std::ptrdiff_t i) const {
    return i < 0 || i >= std::ssize(rr_) ? kUnknown : rr_[static_cast<std::size_t>(i)];
  }
  bool usual_pair(std::ptrdiff_t i) const {
    return usual_[static_cast<std::size_t>(i)] != 0 && usual_[static_cast<std::size_t>(i) + 1] != 0;
  }

  // Median of the intervals within reach beats that do not touch beat b; calm: only of usual beats.
  float around(std::ptrdiff_t b, std::ptrdiff_t reach, bool calm) {
    held_.clear();
    const std::ptrdiff_t end = std::min(b + reach + 1, std::ssize(rr_));
    for (std::ptrdiff_t i = std::max<std::ptrdiff_t>(0, b - reach - 1); i < end; ++i) {
      if (i != b - 1 && i != b && (!calm || usual_pair(i))) held_.push_back(rr_[static_cast<std::size_t>(i)]);
    }
    if (calm && held_.size() < 3) return around(b, reach, false);
    return median_of(held_);
  }

  void rank(std::ptrdiff_t b, float before, BeatRow& row) const {
    float longest = 0, shorter = 0, all = 0;
    const std::ptrdiff_t end = std::min(b + kFar, std::ssize(rr_));
    for (std::ptrdiff_t i = std::max<std::ptrdiff_t>(0, b - kFar); i < end; ++i) {
      const float rr = rr_[static_cast<std::size_t>(i)];
      all += 1;
      if (rr < before) shorter += 1;
      if (i >= b - kNear && i <= b + 1) longest = std::max(longest, rr);
    }
    const bool known = !std::isnan(before) && all > 0;
    set(row, BeatFeature::kRrRank, known ? shorter / all : kUnknown);
    set(row, BeatFeature::kRrOverLongest, known && longest > 0 ? before / longest : kUnknown);
  }

  // How loosely the lengths of the intervals lie: of four that follow each other in length the usual spread,
  // as a share of their median. Small where there are a few cycle lengths (ectopy, bigeminy), not in
  // fibrillation.
  float scatter(std::ptrdiff_t b) {
    constexpr std::size_t kTogether = 4;
    const std::ptrdiff_t begin = std::max<std::ptrdiff_t>(0, b - kFar / 2),
                         end = std::min(b + kFar / 2, std::ssize(rr_));
    if (end - begin < 6) return kUnknown;
    held_.assign(rr_.begin() + begin, rr_.begin() + end);
    std::ranges::sort(held_);
    const float middle = held_[held_.size() / 2];
    const std::size_t n = held_.size() - kTogether + 1;
    for (std::size_t i = 0; i < n; ++i) held_[i] = held_[i + kTogether - 1] - held_[i];
    held_.resize(n);
    return median_of(held_) / middle;
  }

  // How much consecutive intervals differ.
  void irregularity(std::ptrdiff_t b, BeatRow& row) {
    constexpr float kClear = 0.08F;
    held_.clear();
    float changed = 0;
    const std::ptrdiff_t end = std::min(b + kFar / 2, std::ssize(rr_) - 1);
    for (std::ptrdiff_t i = std::max<std::ptrdiff_t>(1, b - kFar / 2); i < end; ++i) {
      const auto at = static_cast<std::size_t>(i);
      const float mean = (rr_[at] + rr_[at - 1]) / 2;
      const float change = std::abs(rr_[at] - rr_[at - 1]) / mean;
      held_.push_back(change);
      if (change >= kClear) changed += 1;
    }
    const auto n = static_cast<float>(held_.size());
    set(row, BeatFeature::kIrregularShare, n > 2 ? changed / n : kUnknown);
    set(row, BeatFeature::kIrregularStep, n > 2 ? median_of(held_) : kUnknown);
  }

  std::span<const std::uint8_t> usual_;
  std::vector<float> rr_, held_, sinus_, sinus_back_;
};

}  // namespace

void measure_rhythm_place(std::span<const SampleIndex> r_peaks, std::span<const std::uint8_t> usual,
                          Hertz sampling_frequency, std::span<BeatRow> rows) {
  Rhythm rhythm(r_peaks, usual, sampling_frequency);
  for (std::size_t b = 0; b < r_peaks.size(); ++b) rhythm.measure(static_cast<std::ptrdiff_t>(b), rows[b]);
}

}  // namespace ecg::dsp
