#include "dsp/detect/qrs_tracker.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ecg::dsp {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

constexpr int kLearn = analysis_samples(2000);
constexpr int kLookAhead = analysis_samples(1100);
constexpr int kApart = analysis_samples(80);  // humps nearer than this are one
constexpr int kRefractory = analysis_samples(180);
constexpr int kTZone = analysis_samples(360);
constexpr int kLapse = analysis_samples(2500);
constexpr float kHopeless = -4;        // log odds
constexpr float kLeastHeight = 0.12F;  // of an ordinary beat's
constexpr float kMostUnits = 2.5F;     // one lead's artefact cannot outvote the others

}  // namespace

QrsTracker::QrsTracker(std::vector<float> least_sums, const QrsModels& models)
    : models_(models),
      signal_(least_sums.size()),
      templates_(least_sums.size()),
      refusals_(least_sums.size()),
      least_sums_(std::move(least_sums)),
      sizes_(least_sums_.size(), 0),
      unrest_(least_sums_.size(), 0.3F),
      weights_(least_sums_.size(), 0),
      shape_weights_(least_sums_.size(), 0),
      fused_(static_cast<std::size_t>(3 * QrsSignal::kKept), 0),
      open_(kMostOpen) {}

void QrsTracker::learn_from(const QrsTracker& other) {
  templates_ = other.templates_;
  templates_.forget_times();
  refusals_ = other.refusals_;
  refusals_.forget_times();
  slow_ = other.slow_;
  range_ = other.range_;
  sizes_ = other.sizes_;
  unrest_ = other.unrest_;
  interval_ = other.interval_;
  irregularity_ = other.irregularity_;
  refused_height_ = other.refused_height_;
  primed_ = true;
}

void QrsTracker::push(std::span<const float> block, std::uint64_t off, std::vector<QrsBeat>& out) {
  off_ = off;
  signal_.extend(block);
  if (!begun_) {
    if (signal_.known() < kLearn) return;
    begin();
  }
  update_weights();
  fuse(fused_end_, signal_.known());
  judge_due(out);
}

// In blocks from the beginning, as if the levels had been known then.
void QrsTracker::begin() {
  begun_ = true;
  if (primed_) return;
  const SampleIndex known = signal_.known();
  for (std::size_t lead = 0; lead < sizes_.size(); ++lead) {
    const float* e = signal_.sum(lead, 0);
    SampleIndex top = 0;
    for (SampleIndex i = 1; i < known; ++i) {
      if (e[i] > e[top]) top = i;
    }
    float second = 0;
    for (SampleIndex i = 0; i < known; ++i) {
      if (std::abs(i - top) > kRefractory) second = std::max(second, e[i]);
    }
    sizes_[lead] = std::max(second > 0.4F * e[top] ? second : e[top], least_sums_[lead]);
  }
}

void QrsTracker::update_weights() {
  const SampleIndex at = signal_.known() - 1;
  float total = 0, most = 0;
  for (std::size_t lead = 0; lead < sizes_.size(); ++lead) {
    if ((off_ >> lead & 1U) != 0 || sizes_[lead] <= 0) {
      unrest_[lead] = 1;
      continue;
    }
    const float units = std::min(*signal_.sum(lead, at) / sizes_[lead], 1.5F);
    unrest_[lead] += 0.035F * (units - unrest_[lead]);
    most = std::max(most, unrest_[lead]);
  }
  for (std::size_t lead = 0; lead < sizes_.size(); ++lead) {
    // A lead that lies still while others move shows no heart.
    const bool heard = (off_ >> lead & 1U) == 0 && sizes_[lead] > 0 && unrest_[lead] >= 0.1F * most;
    const float w = 1 / (0.1F + std::max(unrest_[lead], 0.12F));
    weights_[lead] = heard ? w * w : 0;
    total += weights_[lead];
  }
  for (std::size_t lead = 0; lead < sizes_.size(); ++lead) {
    if (total > 0) weights_[lead] /= total;
    shape_weights_[lead] = weights_[lead] > 0 ? std::sqrt(weights_[lead]) / sizes_[lead] : 0;
  }
}

void QrsTracker::fuse(SampleIndex from, SampleIndex to) {
  if (to - fused_base_ > static_cast<SampleIndex>(fused_.size())) {
    const SampleIndex drop = to - QrsSignal::kKept - fused_base_;
    std::copy(fused_.begin() + drop, fused_.begin() + (from - fused_base_), fused_.begin());
    fused_base_ += drop;
  }
  float* f = fused_.data() + (from - fused_base_);
  const auto count = static_cast<int>(to - from);
  std::fill(f, f + count, 0.0F);
  for (std::size_t lead = 0; lead < sizes_.size(); ++lead) {
    if (weights_[lead] <= 0) continue;
    const float* e = signal_.sum(lead, from);
    const float per_unit = weights_[lead] / sizes_[lead], most = kMostUnits * weights_[lead];
    for (int i = 0; i < count; ++i) f[i] += std::min(e[i] * per_unit, most);
  }
  fused_end_ = to;
}

float QrsTracker::mean_height(SampleIndex from, SampleIndex to) const {
  from = std::max(from, std::max<SampleIndex>(0, fused_base_));
  to = std::min(to, fused_end_);
  if (from >= to) return kNaN;
  float sum = 0;
  int n = 0;
  for (SampleIndex i = from; i < to; i += 6) sum += fused(i), ++n;
  return sum / static_cast<float>(n);
}

void QrsTracker::scan(SampleIndex at, std::vector<QrsBeat>& out) {
  const float f = fused(at);
  if (!rising_) {
    valley_ = std::min(valley_, f);
    if (f > 1.2F * valley_ && f > kLeastHeight) {
      rising_ = true;
      valley_before_top_ = valley_;
      top_ = f;
      top_at_ = at;
    }
  } else if (f > top_) {
    top_ = f;
    top_at_ = at;
  } else if (at - top_at_ >= kApart || f < 0.4F * top_) {
    candidate(top_at_, top_, out);
    rising_ = false;
    valley_ = f;
  }
}

void QrsTracker::candidate(SampleIndex at, float height, std::vector<QrsBeat>& out) {
  if (open_count_ == open_.size()) return;
  Candidate& c = open(open_count_);
  c = {};
  c.at = at;
  c.height = height;
  early_features(c);
  c.score = models_.early.empty() ? 8 * (height - 0.35F) : evaluate(models_.early, c.features);
  ++open_count_;
  if (c.score > 0 && (!foretold_ || at - foretold_->at >= kRefractory)) {
    foretold_ = LastBeat{at, height, c.score, c.match.shape, foretold_ ? foretold_->at : -1};
    c.foretold = true;
    out.push_back({static_cast<double>(at) + static_cast<double>(c.match.shift), c.match.shape, true});
  }
}

void QrsTracker::early_features(Candidate& c) {
  std::array<QrsMatch, kQrsShapes> matches;
  const int best = templates_.match(signal_, c.at, shape_weights_, matches);
  float fast = 0, slow = 0, sharp = 0, most = 0, peak = 0;
  for (std::size_t lead = 0; lead < sizes_.size(); ++lead) {
    const float w = weights_[lead] > 0 ? weights_[lead] / sizes_[lead] : 0;
    if (w <= 0) continue;
    const float* m = signal_.smooth(lead, c.at);
    const float* d = signal_.slope(lead, c.at);
    float wide = 0, bend = 0, top = 0, low = m[0], high = m[0];
    for (int i = -8; i <= 8; ++i) {
      wide += std::abs(m[i + 4] - m[i - 4]);
      bend += std::abs(m[i - 1] - 2 * m[i] + m[i + 1]);
      top = std::max(top, d[i]);
      low = std::min(low, m[i]);
      high = std::max(high, m[i]);
    }
    fast += w * *signal_.sum(lead, c.at);
    slow += w * wide;
    sharp += w * bend;
    most += w * top;
    peak += w * (high - low);
  }
  int usual = -1;
  for (int k = 0; k < kQrsShapes; ++k) {
    const auto which = static_cast<std::size_t>(k);
    if (matches[which].shape >= 0 &&
        (usual < 0 || matches[which].beats > matches[static_cast<std::size_t>(usual)].beats))
      usual = k;
  }
  const QrsMatch none;
  const QrsMatch& near = best >= 0 ? matches[static_cast<std::size_t>(best)] : none;
  c.match = near;
  const std::optional<LastBeat>& last = foretold_;
  const int last_shape = last ? last->shape : -1;
  const Candidate* before = open_count_ > 0 ? &open(open_count_ - 1) : nullptr;
  const float h = c.height;
  std::size_t n = 0;
  const auto add = [&c, &n](float value) { c.features[n++] = value; };
  add(h);
  add(h / (refused_height_ + 0.02F));
  add(mean_height(c.at - 60, c.at - 20) / h);
  add(valley_before_top_ / h);
  add(slow / (fast + 1e-20F));
  add(sharp / (fast + 1e-20F));
  add(most / (fast + 1e-20F));
  add(peak / (fast + 1e-20F));
  add(best >= 0 ? near.correlation : kNaN);
  add(best >= 0 ? near.scale : kNaN);
  add(best >= 0 ? near.beats : 0);
  add(best >= 0 ? std::abs(near.shift) : kNaN);
  add(usual >= 0 ? matches[static_cast<std::size_t>(usual)].correlation : kNaN);
  add(usual >= 0 ? matches[static_cast<std::size_t>(usual)].scale : kNaN);
  add(last_shape >= 0 ? matches[static_cast<std::size_t>(last_shape)].correlation : kNaN);
  const float since = last ? static_cast<float>(c.at - last->at) : kNaN;
  add(since);
  add(interval_ > 0 ? since / interval_ : kNaN);
  add(last ? h / last->height : kNaN);
  add(last ? last->score : kNaN);
  add(before ? static_cast<float>(c.at - before->at) : kNaN);
  add(before ? h / before->height : kNaN);
  add(interval_ > 0 ? interval_ : kNaN);
  add(irregularity_);
  add(refused_height_);
  float unrest = 0, total = 0;
  for (std::size_t lead = 0; lead < sizes_.size(); ++lead) {
    unrest += weights_[lead] * unrest_[lead];
    total += weights_[lead];
  }
  add(total > 0 ? unrest / total : kNaN);
  c.slow = slow;
  c.range = peak;
  add(slow_ > 0 ? slow / slow_ : kNaN);
  add(range_ > 0 ? peak / range_ : kNaN);
  const bool two = last && last->before >= 0;
  const float previous = two ? static_cast<float>(last->at - last->before) : kNaN;
  add(interval_ > 0 ? previous / interval_ : kNaN);
  add(since / previous);
  std::array<QrsMatch, kQrsShapes> unlike;
  const int worst = refusals_.match(signal_, c.at, shape_weights_, unlike);
  const QrsMatch& veto = worst >= 0 ? unlike[static_cast<std::size_t>(worst)] : none;
  add(worst >= 0 ? veto.correlation : kNaN);
  add(worst >= 0 ? veto.scale : kNaN);
  add(worst >= 0 ? veto.beats : kNaN);
  add(worst >= 0 && best >= 0 ? near.correlation - veto.correlation : kNaN);
  add(best >= 0 ? (near.shape == last_shape ? 1.0F : 0.0F) : kNaN);
  c.veto = veto;
}

void QrsTracker::judge_due(std::vector<QrsBeat>& out) {
  for (; scanned_ < fused_end_; ++scanned_) scan(scanned_, out);
  while (open_count_ > 0 && open(0).at + kLookAhead <= fused_end_) {
    Candidate c = open(0);
    const bool beat = is_beat(c);
    first_open_ = (first_open_ + 1) % open_.size();
    --open_count_;
    if (beat) {
      accept(c, out);
    } else {
      refused_height_ += 0.1F * (std::min(c.height, 1.0F) - refused_height_);
      if (c.height > 0.2F)
        refusals_.learn(signal_, c.at + static_cast<SampleIndex>(std::lround(c.veto.shift)), c.veto,
                        shape_weights_);
      if (!refused_ || c.score > refused_->score) refused_ = LastBeat{c.at, c.height, c.score, c.match.shape};
    }
  }
  const SampleIndex since = fused_end_ - kLookAhead - std::max(lapsed_, last_ ? last_->at : 0);
  if (since > kLapse) {
    lapsed_ = fused_end_ - kLookAhead;
    for (std::size_t lead = 0; lead < sizes_.size(); ++lead) {
      sizes_[lead] = std::max(0.6F * sizes_[lead], least_sums_[lead]);
    }
  }
}

bool QrsTracker::is_beat(const Candidate& c) {
  // Far from any beat: what follows cannot change that.
  if (c.score < kHopeless && !models_.late.empty() && examples_ == nullptr) return false;
  std::array<float, kQrsEarlyFeatures + kQrsLateFeatures> f{};
  std::copy(c.features.begin(), c.features.end(), f.begin());
  std::size_t n = kQrsEarlyFeatures;
  const auto add = [&f, &n](float value) { f[n++] = value; };
  add(c.score);
  const float since = last_ ? static_cast<float>(c.at - last_->at) : kNaN;
  add(since);
  add(interval_ > 0 ? since / interval_ : kNaN);
  add(last_ ? last_->score : kNaN);
  add(last_ ? c.height / last_->height : kNaN);
  add(refused_ ? refused_->score : kNaN);
  add(refused_ ? static_cast<float>(c.at - refused_->at) : kNaN);
  add(refused_ ? c.height / refused_->height : kNaN);
  // The best of what follows in the refractory time, until the end of T, and later; the next likely beat.
  struct Next {
    float score = kNaN, height = kNaN, distance = kNaN;
    int shape = -1;
  };
  Next close, soon, later, likely;
  float beyond = kNaN;  // from the next likely beat to the one after it
  bool loses = false;
  for (std::size_t i = 1; i < open_count_; ++i) {
    const Candidate& o = open(i);
    const auto distance = static_cast<float>(o.at - c.at);
    Next& zone = o.at - c.at < kRefractory ? close : o.at - c.at < kTZone ? soon : later;
    if (!(o.score <= zone.score)) zone = {o.score, o.height, distance, o.match.shape};
    if (o.at - c.at < kRefractory && o.score > c.score) loses = true;
    if (o.score > 0 && o.at - c.at >= kRefractory) {
      if (std::isnan(likely.score)) {
        likely = {o.score, o.height, distance, o.match.shape};
      } else if (std::isnan(beyond) && distance - likely.distance >= static_cast<float>(kRefractory)) {
        beyond = distance - likely.distance;
      }
    }
  }
  for (const Next* next : {&close, &soon, &later}) {
    add(next->score);
    add(next->height / c.height);
    add(next->distance);
  }
  add(likely.score);
  add(likely.distance);
  add(interval_ > 0 ? likely.distance / interval_ : kNaN);
  add(likely.height / c.height);
  add(interval_ > 0 ? (since + likely.distance) / interval_ : kNaN);
  add(since / (since + likely.distance));
  add(beyond);
  add((since + likely.distance) / beyond);
  add(mean_height(c.at + 20, c.at + 60) / c.height);
  add(mean_height(c.at - 150, c.at - 75));
  add(interval_ > 0 ? interval_ : kNaN);
  const bool two = last_ && last_->before >= 0;
  const float previous = two ? static_cast<float>(last_->at - last_->before) : kNaN;
  add(interval_ > 0 ? previous / interval_ : kNaN);
  add(since / previous);
  add(irregularity_);
  add(likely.shape < 0 ? kNaN : likely.shape == c.match.shape ? 1.0F : 0.0F);
  add(last_ ? (last_->shape == c.match.shape ? 1.0F : 0.0F) : kNaN);
  add(last_ && likely.shape >= 0 ? (last_->shape == likely.shape ? 1.0F : 0.0F) : kNaN);
  add(likely.distance / previous);
  add((since + likely.distance) / previous);
  const bool refractory = last_ && c.at - last_->at < kRefractory;
  const float score =
      models_.late.empty()
          ? c.score - (since < kTZone && last_ && c.height < 0.5F * last_->height ? 4.0F : 0.0F)
          : evaluate(models_.late, f);
  const bool beat = score > models_.limit && !refractory && !loses;
  if (examples_ != nullptr) examples_->push_back({c.at, beat, f});
  return beat;
}

void QrsTracker::accept(const Candidate& c, std::vector<QrsBeat>& out) {
  for (std::size_t lead = 0; lead < sizes_.size(); ++lead) {
    if (weights_[lead] <= 0) continue;
    const float sum = std::clamp(*signal_.sum(lead, c.at), 0.4F * sizes_[lead], 2.0F * sizes_[lead]);
    sizes_[lead] = std::max(sizes_[lead] + 0.125F * (sum - sizes_[lead]), least_sums_[lead]);
  }
  std::array<QrsMatch, kQrsShapes> matches;
  const int best = templates_.match(signal_, c.at, shape_weights_, matches);
  QrsMatch match = best >= 0 ? matches[static_cast<std::size_t>(best)] : QrsMatch{};
  const bool same = match.correlation >= 0.85F;
  const double at = static_cast<double>(c.at) + (same ? static_cast<double>(match.shift) : 0.0);
  const int shape =
      templates_.learn(signal_, static_cast<SampleIndex>(std::lround(at)), match, shape_weights_);
  if (last_) {
    const auto interval = static_cast<float>(c.at - last_->at);
    if (interval < static_cast<float>(analysis_samples(2500))) {
      if (interval_ <= 0) interval_ = interval;
      const float off = std::abs(interval - interval_) / interval_;
      irregularity_ += 0.125F * (std::min(off, 1.0F) - irregularity_);
      interval_ += 0.125F * (std::clamp(interval, 0.5F * interval_, 1.6F * interval_) - interval_);
    }
  }
  slow_ += (slow_ > 0 ? 0.125F : 1.0F) * (c.slow - slow_);
  range_ += (range_ > 0 ? 0.125F : 1.0F) * (c.range - range_);
  last_ = LastBeat{c.at, c.height, c.score, shape, last_ ? last_->at : -1};
  refused_.reset();
  if (!foretold_ || foretold_->at < c.at) foretold_ = last_;
  out.push_back({at, shape, false});
}

void QrsTracker::finish(std::vector<QrsBeat>& out) {
  if (signal_.end() == 0) return;
  std::vector<float> still(sizes_.size() * kQrsBlock);
  // The level stands still from the last sample on.
  for (std::size_t lead = 0; lead < sizes_.size(); ++lead) {
    std::fill_n(still.begin() + static_cast<std::ptrdiff_t>(lead * kQrsBlock), kQrsBlock,
                *(signal_.smooth(lead, signal_.end() - 2)) / 3);
  }
  const SampleIndex end = signal_.end();
  while (signal_.end() < std::max<SampleIndex>(end, kLearn) + kLookAhead + 4 * kQrsBlock + kApart)
    push(still, off_, out);
  std::erase_if(out, [end](const QrsBeat& b) { return b.at >= static_cast<double>(end); });
}

}  // namespace ecg::dsp
