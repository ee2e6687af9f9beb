#include "dsp/beats/features.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "dsp/beats/beat_wave.h"
#include "dsp/beats/rhythm_place.h"

namespace ecg::dsp {

namespace {

constexpr float kNotKnown = std::numeric_limits<float>::quiet_NaN();
// A usual wave is a mean over so many beats, that it follows posture and conduction.
constexpr std::size_t kBlock = 100;
constexpr int kBlockLeast = 6;
constexpr float kNarrowerByMs = 25, kAsNarrowMs = 15;
// Size of a group's mean against that of its beats: noise does not repeat.
constexpr float kCoherent = 0.8F;
constexpr double kShare = 0.3;

float ratio(float a, float b) {
  return b > 0 ? a / b : kNotKnown;
}

class Measurer {
 public:
  Measurer(std::span<const Channel> channels, const BeatShapes& shapes, Hertz fs)
      : shapes_(shapes), fs_(fs), waves_(read_waves(channels, shapes.r_peaks, fs)), frame_(waves_.frame) {
    BeatRow nothing;
    nothing.fill(kNotKnown);
    out_.rows.assign(shapes.r_peaks.size(), nothing);
  }

  BeatMeasures measure() {
    if (out_.rows.empty() || frame_.leads == 0) return std::move(out_);
    average_groups();
    choose_usual();
    average_blocks();
    measure_rhythm_place(shapes_.r_peaks, usual_flags_, fs_, out_.rows);
    order_leads();
    for (std::size_t b = 0; b < out_.rows.size(); ++b) {
      if (recorded(b, -80, 110)) measure_qrs(b);
      if (recorded(b, -80, 330)) measure_t(b);
      if (recorded(b, -240, 110)) measure_p(b);
    }
    measure_near();
    measure_groups();
    return std::move(out_);
  }

 private:
  float& set(std::size_t b, BeatFeature f) { return out_.rows[b][static_cast<std::size_t>(f)]; }
  float get(std::size_t b, BeatFeature f) const { return out_.rows[b][static_cast<std::size_t>(f)]; }
  std::size_t groups() const { return shapes_.group_size.size(); }
  std::size_t group(std::size_t b) const { return static_cast<std::size_t>(shapes_.group[b]); }
  Stretch part(double begin_ms, double end_ms) const { return {frame_.at(begin_ms), frame_.at(end_ms)}; }

  // What lies beyond the ends of the recording was not measured.
  bool recorded(std::size_t b, double begin_ms, double end_ms) const {
    const SampleIndex r = shapes_.r_peaks[b];
    return r + static_cast<SampleIndex>(begin_ms * fs_.value / 1000) >= 0 &&
           r + static_cast<SampleIndex>(end_ms * fs_.value / 1000) < waves_.frames;
  }

  void average_groups() {
    const Stretch qrs = part(-80, 110);
    std::vector<float> energy(groups(), 0);
    group_mean_.assign(groups() * frame_.size(), 0);
    for (std::size_t b = 0; b < out_.rows.size(); ++b) {
      const auto wave = waves_.wave(b);
      float* sum = group_mean_.data() + group(b) * frame_.size();
      for (std::size_t i = 0; i < wave.size(); ++i) sum[i] += wave[i];
      const float beat = size(wave, qrs);
      energy[group(b)] += beat * beat;
    }
    for (std::size_t g = 0; g < groups(); ++g) {
      float* sum = group_mean_.data() + g * frame_.size();
      for (std::size_t i = 0; i < frame_.size(); ++i) sum[i] /= static_cast<float>(shapes_.group_size[g]);
      const float typical = std::sqrt(energy[g] / static_cast<float>(shapes_.group_size[g]));
      coherence_.push_back(typical > 0 ? size(mean_of(g), qrs) / typical : 0);
      extents_.push_back(qrs_extent(frame_, mean_of(g)));
      out_.group_qrs_ms.push_back(extents_.back().width_ms);
    }
  }
  std::span<const float> mean_of(std::size_t g) const {
    return std::span(group_mean_).subspan(g * frame_.size(), frame_.size());
  }

  std::size_t narrow_among(std::span<const int> counts) const {
    const auto largest = static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin());
    std::size_t best = largest;
    for (std::size_t g = 0; g < counts.size(); ++g) {
      const bool enough = counts[g] >= kShare * counts[largest] && coherence_[g] > kCoherent;
      if (enough && extents_[g].width_ms + kNarrowerByMs < extents_[best].width_ms) best = g;
    }
    return best;
  }

  // What has taken the usual beat's place in a block, if it is not wider: conduction changes, axis too. A
  // stretch of ventricular beats is measured against the usual beat all the same.
  std::size_t stand_in(std::span<const int> counts, std::size_t usual) const {
    const std::size_t best = narrow_among(counts);
    return coherence_[best] > kCoherent && extents_[best].width_ms < extents_[usual].width_ms + kAsNarrowMs
               ? best
               : usual;
  }

  void choose_usual() {
    const auto usual = narrow_among(shapes_.group_size);
    out_.usual = static_cast<int>(usual);
    const std::size_t blocks = (out_.rows.size() + kBlock - 1) / kBlock;
    std::vector<int> counts(groups());
    block_usual_.resize(blocks);
    usual_flags_.resize(out_.rows.size());
    for (std::size_t k = 0; k < blocks; ++k) {
      std::ranges::fill(counts, 0);
      const std::size_t begin = k * kBlock, end = std::min(out_.rows.size(), begin + kBlock);
      for (std::size_t b = begin; b < end; ++b) ++counts[group(b)];
      const bool held = counts[usual] >= kShare * *std::ranges::max_element(counts);
      block_usual_[k] = held ? usual : stand_in(counts, usual);
      for (std::size_t b = begin; b < end; ++b) usual_flags_[b] = group(b) == block_usual_[k] ? 1 : 0;
    }
  }

  void average_blocks() {
    const std::size_t blocks = block_usual_.size();
    block_mean_.assign(blocks * frame_.size(), 0);
    for (std::size_t k = 0; k < blocks; ++k) {
      float* sum = block_mean_.data() + k * frame_.size();
      int count = 0;
      const std::size_t begin = k > 0 ? (k - 1) * kBlock : 0;
      const std::size_t end = std::min(out_.rows.size(), (k + 2) * kBlock);
      for (std::size_t b = begin; b < end; ++b) {
        if (group(b) != block_usual_[k]) continue;
        const auto wave = waves_.wave(b);
        for (std::size_t i = 0; i < wave.size(); ++i) sum[i] += wave[i];
        ++count;
      }
      const auto whole = k > 0 && block_usual_[k] == block_usual_[k - 1]
                             ? std::span<const float>(sum - frame_.size(), frame_.size())
                             : mean_of(block_usual_[k]);
      for (std::size_t i = 0; i < frame_.size(); ++i) {
        sum[i] = count >= kBlockLeast ? sum[i] / static_cast<float>(count) : whole[i];
      }
      block_extent_.push_back(qrs_extent(frame_, std::span<const float>(sum, frame_.size())));
    }
  }
  std::span<const float> usual_wave(std::size_t b) const {
    return std::span(block_mean_).subspan(b / kBlock * frame_.size(), frame_.size());
  }

  // Lead A is the one whose usual beats scatter less about their mean.
  void order_leads() {
    a_ = 0, b_ = frame_.leads > 1 ? 1 : -1;
    if (frame_.leads < 2) return;
    double scatter[2] = {0, 0};
    const Stretch qrs = part(-80, 110);
    for (std::size_t b = 0; b < out_.rows.size(); ++b) {
      if (usual_flags_[b] == 0) continue;
      for (int lead = 0; lead < 2; ++lead) {
        const auto mean_wave = frame_.lead(usual_wave(b), lead);
        scatter[lead] += static_cast<double>(distance(frame_.lead(waves_.wave(b), lead), mean_wave, qrs)) /
                         std::max(0.1, static_cast<double>(root_mean_square(mean_wave, qrs)));
      }
    }
    if (scatter[1] < scatter[0]) std::swap(a_, b_);
  }

  // Likeness over both leads together.
  float together(std::span<const float> x, std::span<const float> y, Stretch p) const {
    double ab = 0, aa = 0, bb = 0;
    for (int lead = 0; lead < frame_.leads; ++lead) {
      const auto u = frame_.lead(x, lead), v = frame_.lead(y, lead);
      const float mu = mean(u, p), mv = mean(v, p);
      for (int i = p.begin; i <= p.end; ++i) {
        const double s = static_cast<double>(u[static_cast<std::size_t>(i)] - mu);
        const double t = static_cast<double>(v[static_cast<std::size_t>(i)] - mv);
        ab += s * t, aa += s * s, bb += t * t;
      }
    }
    return aa > 0 && bb > 0 ? static_cast<float>(ab / std::sqrt(aa * bb)) : kNotKnown;
  }
  float apart(std::span<const float> x, std::span<const float> y, Stretch p) const {
    float sum = 0;
    for (int lead = 0; lead < frame_.leads; ++lead) {
      const float d = distance(frame_.lead(x, lead), frame_.lead(y, lead), p);
      sum += d * d;
    }
    return std::sqrt(sum);
  }
  float size(std::span<const float> x, Stretch p) const {
    float sum = 0;
    for (int lead = 0; lead < frame_.leads; ++lead) {
      const float d = root_mean_square(frame_.lead(x, lead), p);
      sum += d * d;
    }
    return std::sqrt(sum);
  }

  void measure_qrs(std::size_t b) {
    const auto wave = waves_.wave(b), usual = usual_wave(b), own = mean_of(group(b));
    const Stretch qrs = part(-80, 110);
    const float usual_size = size(usual, qrs);
    set(b, BeatFeature::kQrsLike) = together(wave, usual, qrs);
    const auto wa = frame_.lead(wave, a_), ua = frame_.lead(usual, a_);
    set(b, BeatFeature::kQrsLikeA) = likeness(wa, ua, qrs);
    set(b, BeatFeature::kQrsSizeA) = ratio(root_mean_square(wa, qrs), root_mean_square(ua, qrs));
    if (b_ >= 0) {
      const auto wb = frame_.lead(wave, b_), ub = frame_.lead(usual, b_);
      set(b, BeatFeature::kQrsLikeB) = likeness(wb, ub, qrs);
    }
    set(b, BeatFeature::kWholeLike) = together(wave, usual, part(-80, 330));
    set(b, BeatFeature::kQrsSize) = ratio(size(wave, qrs), usual_size);
    set(b, BeatFeature::kQrsDistance) = ratio(apart(wave, usual, qrs), usual_size);
    set(b, BeatFeature::kBeginLike) = together(wave, usual, part(-80, -5));
    set(b, BeatFeature::kEndLike) = together(wave, usual, part(5, 130));
    const QrsExtent extent = qrs_extent(frame_, wave), then = block_extent_[b / kBlock];
    set(b, BeatFeature::kWidthMs) = extent.width_ms;
    set(b, BeatFeature::kWidthMoreMs) = extent.width_ms - then.width_ms;
    set(b, BeatFeature::kSpreadMs) = extent.spread_ms;
    set(b, BeatFeature::kSpreadMoreMs) = extent.spread_ms - then.spread_ms;
    set(b, BeatFeature::kOwnLike) = together(wave, own, qrs);
    set(b, BeatFeature::kNoise) = ratio(roughness(wave), usual_size);
  }

  // What moves from value to value outside QRS and T is noise.
  float roughness(std::span<const float> wave) const {
    float sum = 0;
    int n = 0;
    for (int lead = 0; lead < frame_.leads; ++lead) {
      const auto x = frame_.lead(wave, lead);
      for (const Stretch p : {part(-300, -90), part(160, 460)}) {
        for (int i = p.begin + 1; i < p.end; ++i) {
          const auto k = static_cast<std::size_t>(i);
          const float bend = x[k - 1] - 2 * x[k] + x[k + 1];
          sum += bend * bend;
          ++n;
        }
      }
    }
    return n > 0 ? std::sqrt(sum / static_cast<float>(n)) : kNotKnown;
  }

  // T as far as the next beat leaves it free.
  Stretch t_part(std::size_t b) const {
    double end = 440;
    if (b + 1 < shapes_.r_peaks.size()) {
      end = std::min(end, ms_between(b) - 90);
    }
    return part(130, std::max(200.0, end));
  }
  double ms_between(std::size_t b) const {
    return static_cast<double>(shapes_.r_peaks[b + 1] - shapes_.r_peaks[b]) * 1000 / fs_.value;
  }

  void measure_t(std::size_t b) {
    const auto wave = waves_.wave(b), usual = usual_wave(b);
    const Stretch t = t_part(b), qrs = part(-80, 110);
    set(b, BeatFeature::kTDistance) = ratio(apart(wave, usual, t), size(usual, qrs));
    // Discordance: T against the QRS area in lead A.
    const auto wa = frame_.lead(wave, a_);
    const float t_mean = mean(wa, t), qrs_mean = mean(wa, qrs);
    set(b, BeatFeature::kTAgainstQrs) = t_mean * (qrs_mean >= 0 ? 1.0F : -1.0F);
    if (b + 1 < out_.rows.size()) {
      // A premature P shows in the T wave before it, if that T is of a usual beat.
      const float d = usual_flags_[b] != 0 ? get(b, BeatFeature::kTDistance) : kNotKnown;
      set(b + 1, BeatFeature::kLastTDistance) = d;
    }
  }

  // Beats of a group share what their mean, in which noise is less, shows against the usual beat of the
  // block.
  void measure_groups() {
    using enum BeatFeature;
    struct Seen {
      std::size_t block = SIZE_MAX, first = 0;
    };
    std::vector<Seen> seen(groups());
    constexpr BeatFeature kShared[] = {kGroupLike, kGroupWidthMs, kGroupWidthMoreMs, kGroupTDistance,
                                       kGroupPLike};
    for (std::size_t b = 0; b < out_.rows.size(); ++b) {
      const std::size_t g = group(b), k = b / kBlock;
      set(b, kTOverQrs) = ratio(get(b, kTDistance), get(b, kQrsDistance));
      if (static_cast<int>(g) == shapes_.rest) continue;
      if (seen[g].block == k) {
        for (const BeatFeature f : kShared) set(b, f) = get(seen[g].first, f);
        continue;
      }
      seen[g] = {k, b};
      compare_group(b);
    }
  }

  void compare_group(std::size_t b) {
    using enum BeatFeature;
    const auto own = mean_of(group(b)), usual = usual_wave(b);
    const Stretch qrs = part(-80, 110);
    set(b, kGroupLike) = together(own, usual, qrs);
    set(b, kGroupWidthMs) = extents_[group(b)].width_ms;
    set(b, kGroupWidthMoreMs) = extents_[group(b)].width_ms - block_extent_[b / kBlock].width_ms;
    set(b, kGroupTDistance) = ratio(apart(own, usual, part(130, 330)), size(usual, qrs));
    set(b, kGroupPLike) = p_likeness(own, usual);
  }

  float p_likeness(std::span<const float> wave, std::span<const float> usual) const {
    const Stretch p = part(-240, -64);
    float like = 0, weight = 0;
    for (int lead = 0; lead < frame_.leads; ++lead) {
      const auto u = frame_.lead(usual, lead);
      const float one = likeness(frame_.lead(wave, lead), u, p), size = wobble(u, p);
      if (!std::isnan(one)) like += one * size, weight += size;
    }
    return weight > 0 ? like / weight : kNotKnown;
  }
  void measure_p(std::size_t b) { set(b, BeatFeature::kPLike) = p_likeness(waves_.wave(b), usual_wave(b)); }
  static float wobble(std::span<const float> x, Stretch p) {
    const float m = mean(x, p);
    float sum = 0;
    for (int i = p.begin; i <= p.end; ++i) {
      const float d = x[static_cast<std::size_t>(i)] - m;
      sum += d * d;
    }
    return std::sqrt(sum / static_cast<float>(p.end - p.begin + 1));
  }

  static float middle(std::vector<float>& v) {
    if (v.empty()) return kNotKnown;
    const auto m = v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2);
    std::nth_element(v.begin(), m, v.end());
    return *m;
  }

  // What the neighbourhood is like: usual beats, beats of the same group, P waves.
  void measure_near() {
    constexpr std::ptrdiff_t kReach = 12;
    const std::ptrdiff_t n = std::ssize(out_.rows);
    std::vector<float> p;
    for (std::ptrdiff_t b = 0; b < n; ++b) {
      float usual = 0, count = 0;
      p.clear();
      for (std::ptrdiff_t k = std::max<std::ptrdiff_t>(0, b - kReach); k <= std::min(n - 1, b + kReach);
           ++k) {
        const auto at = static_cast<std::size_t>(k);
        if (k == b) continue;
        count += 1;
        usual += usual_flags_[at] != 0 ? 1.0F : 0.0F;
        const float v = get(at, BeatFeature::kPLike);
        if (usual_flags_[at] != 0 && !std::isnan(v)) p.push_back(v);
      }
      const auto at = static_cast<std::size_t>(b);
      set(at, BeatFeature::kUsualShareNear) = ratio(usual, count);
      set(at, BeatFeature::kPLikeNear) = middle(p);
      if (b > 0) set(at, BeatFeature::kLastUsual) = usual_flags_[at - 1];
      if (b + 1 < n) set(at, BeatFeature::kNextUsual) = usual_flags_[at + 1];
    }
  }

  const BeatShapes& shapes_;
  Hertz fs_;
  BeatWaves waves_;
  BeatFrame frame_;
  BeatMeasures out_;
  std::vector<float> group_mean_, block_mean_, held_, coherence_;
  std::vector<QrsExtent> extents_, block_extent_;
  std::vector<std::size_t> block_usual_;
  std::vector<std::uint8_t> usual_flags_;
  int a_ = 0, b_ = -1;
};

}  // namespace

BeatMeasures measure_beats(std::span<const Channel> channels, const BeatShapes& shapes,
                           Hertz sampling_frequency) {
  return Measurer(channels, shapes, sampling_frequency).measure();
}

}  // namespace ecg::dsp
