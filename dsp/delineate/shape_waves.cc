#include "dsp/delineate/shape_waves.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace ecg::dsp {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// An estimate lies nearer to the middle of the leads than a reader's mark does, and the leads that are read
// widest make the intervals: this much is given back.
constexpr std::array<float, kBoundaries> kOutwardsMs = {3, 0, 1.5F, 1.5F, 0, 2};  // by Boundary

// How close two leads must agree, and how much wider the readers' second widest of twelve leads still is; ms.
struct Reach {
  float within, earlier, later;
};
constexpr Reach kQrsReach = {12, -1.5F, -0.5F}, kPReach = {12, 1, 4}, kTReach = {20, 0, 2};

int samples(double ms) {
  return static_cast<int>(std::lround(ms / static_cast<double>(kGridMs)));
}

// The regions in which each wave and its edges are sought, from the rule for all leads.
WaveRegion qrs_region(const Delineation& rule, int size) {
  return {std::max(0, rule.qrs.onset - samples(10)), std::min(size, rule.qrs.offset + samples(10)),
          std::max(0, rule.qrs.onset - samples(44)), std::min(size - 1, rule.qrs.offset + samples(54))};
}

WaveRegion p_region(const Delineation& rule, int size) {
  const int last = std::min(size - 1, rule.qrs.onset + samples(4));
  return {std::max(0, rule.p->onset - samples(16)), std::min(last, rule.p->offset + samples(16)),
          std::max(0, rule.p->onset - samples(60)), std::min(last, rule.p->offset + samples(56))};
}

WaveRegion t_region(const Delineation& rule, int size) {
  const int begin = std::max(rule.qrs.offset + samples(30), rule.t->peak - samples(200));
  return {std::min(begin, rule.t->peak - 1), std::min(size, rule.t->end + samples(24)), rule.qrs.offset,
          std::min(size - 1, rule.t->end + samples(90))};
}

class Work {
 public:
  Work(const MedianBeat& beat, const ShapeQuestion& question, const Models& models,
       std::vector<BoundaryRow>* rows)
      : beat_(beat), question_(question), models_(models), rows_(rows) {}

  // Corrected spans of one wave in all leads.
  std::vector<WaveSpan> spans(const WaveScale& scale, const WaveRegion& region, float onset, float offset,
                              float gap_before, float gap_after, Boundary first) const {
    std::vector<ScaledLead> leads;
    std::vector<LeadWave> waves;
    for (const std::vector<float>& lead : beat_.leads) {
      leads.push_back(scaled(lead, scale));
      waves.push_back(lead_wave(leads.back(), region, scale, beat_.r));
    }
    const std::vector<float> joint = joint_speed(leads, question_.used);
    WaveView view;
    view.scale = &scale;
    view.leads = leads;
    view.waves = waves;
    view.used = question_.used;
    view.joint = joint;
    view.joint_onset = joint_edge(joint, region, Side::kOnset, scale, beat_.r);
    view.joint_offset = joint_edge(joint, region, Side::kOffset, scale, beat_.r);
    view.onset = onset;
    view.offset = offset;
    view.gap_before = gap_before;
    view.gap_after = gap_after;
    view.rr =
        question_.rr > 0 ? static_cast<float>(question_.rr * 1000 / question_.sampling_frequency.value) : 0;
    view.r = beat_.r;
    std::vector<WaveSpan> out(waves.size());
    for (const Side side : {Side::kOnset, Side::kOffset}) {
      const Consensus consensus = consensus_of(view, side);
      const auto boundary = static_cast<Boundary>(static_cast<int>(first) + (side == Side::kOnset ? 0 : 1));
      for (std::size_t lead = 0; lead < waves.size(); ++lead) {
        const float at = corrected(view, consensus, lead, side, boundary);
        (side == Side::kOnset ? out[lead].onset : out[lead].offset) = at;
      }
    }
    for (std::size_t lead = 0; lead < waves.size(); ++lead) {
      out[lead].peak = static_cast<float>(waves[lead].peak - beat_.r) * kGridMs;
      put_in_order(out[lead]);
    }
    return out;
  }

  float ms(int sample) const { return static_cast<float>(sample - beat_.r) * kGridMs; }

 private:
  float corrected(const WaveView& view, const Consensus& consensus, std::size_t lead, Side side,
                  Boundary boundary) const {
    const float anchor = anchor_of(view, consensus, lead, side);
    const BoundaryFeatures features = boundary_features(view, consensus, lead, side, anchor);
    if (rows_ != nullptr) rows_->push_back({static_cast<int>(lead), boundary, anchor, features});
    const float outwards =
        correction(models_, boundary, features) + kOutwardsMs[static_cast<std::size_t>(boundary)];
    return side == Side::kOnset ? anchor - outwards : anchor + outwards;
  }

  static void put_in_order(WaveSpan& span) {
    if (span.offset < span.onset + kGridMs) span.offset = span.onset + kGridMs;
    span.peak = std::clamp(span.peak, span.onset, span.offset);
  }

  const MedianBeat& beat_;
  const ShapeQuestion& question_;
  const Models& models_;
  std::vector<BoundaryRow>* rows_;
};

// Two leads must agree that a wave has begun, or has not ended; what one alone shows is noise.
float outermost_agreed(std::vector<float>& places, float within) {
  std::ranges::sort(places);
  for (std::size_t i = 0; i + 1 < places.size(); ++i) {
    if (places[i + 1] - places[i] <= within) return places[i + 1];
  }
  return places.empty() ? 0 : places[places.size() / 2];
}

// The wave in all leads together: second earliest onset, second latest end.
WaveSpan joint_span(std::span<const LeadWaves> leads, std::optional<WaveSpan> LeadWaves::*wave,
                    const Reach& reach) {
  std::vector<float> onsets, offsets, peaks;
  for (const LeadWaves& lead : leads) {
    if (!(lead.*wave)) continue;
    onsets.push_back((lead.*wave)->onset);
    offsets.push_back(-(lead.*wave)->offset);
    peaks.push_back((lead.*wave)->peak);
  }
  WaveSpan out;
  if (peaks.empty()) return out;
  const float share = std::clamp(static_cast<float>(peaks.size()) - 2, 0.0F, 10.0F) / 10;
  out.onset = outermost_agreed(onsets, reach.within) - share * reach.earlier;
  out.offset = share * reach.later - outermost_agreed(offsets, reach.within);
  const auto middle = peaks.begin() + static_cast<std::ptrdiff_t>(peaks.size() / 2);
  std::nth_element(peaks.begin(), middle, peaks.end());
  out.peak = std::clamp(*middle, out.onset, std::max(out.onset, out.offset));
  return out;
}

MedianBeat only_used(const MedianBeat& beat, std::span<const std::uint8_t> used) {
  MedianBeat out;
  out.r = beat.r;
  out.beats = beat.beats;
  for (std::size_t lead = 0; lead < beat.leads.size(); ++lead) {
    if (used[lead] != 0) out.leads.push_back(beat.leads[lead]);
  }
  return out;
}

}  // namespace

std::optional<ShapeWaves> delineate_shape(const MedianBeat& median, const ShapeQuestion& question,
                                          const Models& models, std::vector<BoundaryRow>* rows) {
  const MedianBeat beat = on_grid(median, question.sampling_frequency);
  const double ratio = question.sampling_frequency.value / kGridHz.value;
  auto rule = delineate(only_used(beat, question.used), question.rr / ratio, kGridHz);
  if (!rule) return std::nullopt;
  if (!question.seek_p) rule->p.reset();
  const int size = beat.size();
  const Work work(beat, question, models, rows);
  ShapeWaves out;
  out.leads.resize(beat.leads.size());
  const float qrs_on = work.ms(rule->qrs.onset), qrs_off = work.ms(rule->qrs.offset);
  const float p_on = rule->p ? work.ms(rule->p->onset) : kNaN,
              p_off = rule->p ? work.ms(rule->p->offset) : kNaN;
  const float t_peak = rule->t ? work.ms(rule->t->peak) : kNaN,
              t_end = rule->t ? work.ms(rule->t->end) : kNaN;
  const auto qrs = work.spans(kQrsScale, qrs_region(*rule, size), qrs_on, qrs_off, qrs_on - p_off,
                              t_peak - qrs_off, Boundary::kQrsOnset);
  for (std::size_t lead = 0; lead < qrs.size(); ++lead) out.leads[lead].qrs = qrs[lead];
  const float rr =
      question.rr > 0 ? static_cast<float>(question.rr * 1000 / question.sampling_frequency.value) : kNaN;
  if (rule->p) {
    const auto p = work.spans(kPScale, p_region(*rule, size), p_on, p_off, p_on + rr - t_end, qrs_on - p_off,
                              Boundary::kPOnset);
    for (std::size_t lead = 0; lead < p.size(); ++lead) out.leads[lead].p = p[lead];
  }
  if (rule->t) {
    const auto t = work.spans(kTScale, t_region(*rule, size), t_peak - (t_end - t_peak), t_end,
                              t_peak - qrs_off, p_on + rr - t_end, Boundary::kTOnset);
    for (std::size_t lead = 0; lead < t.size(); ++lead) out.leads[lead].t = t[lead];
  }
  const auto native = [ratio, &median](float ms) {
    const double samples = static_cast<double>(ms / kGridMs) * ratio;
    return std::clamp(median.r + static_cast<int>(std::lround(samples)), 0, median.size() - 1);
  };
  const auto native_sample = [&native, &work](int i) { return native(work.ms(i)); };
  out.found.qrs = {native_sample(rule->qrs.onset), native_sample(rule->qrs.offset)};
  if (rule->p) {
    out.found.p = PWave{native_sample(rule->p->onset), native_sample(rule->p->peak),
                        native_sample(rule->p->offset), rule->p->size};
  }
  if (rule->t) out.found.t = TWave{native_sample(rule->t->peak), native_sample(rule->t->end)};
  const auto qrs_all = joint_span(out.leads, &LeadWaves::qrs, kQrsReach);
  out.global.qrs = {native(qrs_all.onset), native(qrs_all.offset)};
  if (rule->p) {
    const auto p_all = joint_span(out.leads, &LeadWaves::p, kPReach);
    const int last = out.global.qrs.onset;
    out.global.p = PWave{std::min(native(p_all.onset), last), std::min(native(p_all.peak), last),
                         std::min(native(p_all.offset), last), rule->p->size};
  }
  if (rule->t) {
    const auto t_all = joint_span(out.leads, &LeadWaves::t, kTReach);
    out.global.t = TWave{native(t_all.peak), native(t_all.offset)};
  }
  return out;
}

}  // namespace ecg::dsp
