#include "dsp/delineate/edges.h"

#include <algorithm>
#include <cmath>

#include "dsp/filter/basic.h"

namespace ecg::dsp {
namespace {

constexpr std::array<double, kSlopeRules> kSlopeShares = {0.40, 0.20, 0.10, 0.05};
constexpr std::array<double, 2> kHeightShares = {0.15, 0.30};
constexpr int kLevelSamples = 6;  // 12 ms

float at(const std::vector<float>& x, int i) {
  return x[static_cast<std::size_t>(std::clamp(i, 0, static_cast<int>(x.size()) - 1))];
}

float mean(const std::vector<float>& x, int begin, int end) {
  float sum = 0;
  for (int i = begin; i < end; ++i) sum += at(x, i);
  return sum / static_cast<float>(std::max(1, end - begin));
}

// From a place outwards to where x stays below the limit, or to where it was lowest.
int walk(const std::vector<float>& x, int from, int step, int last, float limit, int hold) {
  int quiet = 0, edge = from, lowest = from;
  for (int i = from; step > 0 ? i <= last : i >= last; i += step) {
    const float now = at(x, i);
    if (now < at(x, lowest)) lowest = i;
    if (now >= limit) {
      quiet = 0;
      continue;
    }
    if (quiet == 0) edge = i;
    if (++quiet >= hold) return edge;
  }
  return quiet > 0 ? edge : lowest;
}

float ms(int sample, int r) {
  return static_cast<float>(sample - r) * kGridMs;
}

// The outermost place in [begin, end) at least share as fast as the fastest, moved inwards to its summit.
int steep_place(const std::vector<float>& speed, int begin, int end, int step, float limit) {
  int i = step > 0 ? end - 1 : begin;  // outermost first
  const int last = step > 0 ? begin : end - 1;
  while (i != last && at(speed, i) < limit) i -= step;
  while (i != last && at(speed, i - step) > at(speed, i)) i -= step;
  return i;
}

struct Flank {
  int steep, step, last;
};

Flank flank_of(const std::vector<float>& speed, const WaveRegion& region, Side side, int inner, float limit) {
  if (side == Side::kOnset) return {steep_place(speed, region.begin, inner + 1, -1, limit), -1, region.least};
  return {steep_place(speed, inner, region.end, 1, limit), 1, region.most};
}

float fastest_of(const std::vector<float>& speed, int begin, int end) {
  float most = 0;
  for (int i = begin; i < end; ++i) most = std::max(most, at(speed, i));
  return most;
}

EdgeRules edge_rules(const ScaledLead& lead, const Flank& flank, float fastest, float height,
                     const WaveScale& scale, int r) {
  EdgeRules out{};
  std::array<int, kSlopeRules> crossing{};
  for (std::size_t k = 0; k < kSlopeRules; ++k) {
    const float limit = static_cast<float>(kSlopeShares[k]) * fastest;
    crossing[k] =
        walk(lead.speed, k == 0 ? flank.steep : crossing[k - 1], flank.step, flank.last, limit, scale.hold);
    out[k] = ms(crossing[k], r);
  }
  const int skip = static_cast<int>(scale.rest_skip / static_cast<double>(kGridMs));
  const int rest = crossing[2] + flank.step * skip;
  const float level = flank.step > 0 ? mean(lead.smooth, rest, rest + kLevelSamples)
                                     : mean(lead.smooth, rest - kLevelSamples, rest);
  const float slope =
      (at(lead.smooth, flank.steep + scale.half_step) - at(lead.smooth, flank.steep - scale.half_step)) /
      static_cast<float>(2 * scale.half_step);
  float meets = static_cast<float>(crossing[2]);
  if (std::abs(slope) > 0) {
    meets = static_cast<float>(flank.steep) + (level - at(lead.smooth, flank.steep)) / slope;
    const auto one = static_cast<float>(flank.steep), other = static_cast<float>(flank.last);
    meets = std::clamp(meets, std::min(one, other), std::max(one, other));
  }
  out[4] = (meets - static_cast<float>(r)) * kGridMs;
  for (std::size_t k = 0; k < kHeightShares.size(); ++k) {
    const float limit = static_cast<float>(kHeightShares[k]) * std::abs(height);
    int i = flank.steep;
    while (i != flank.last && std::abs(at(lead.smooth, i) - level) > limit) i += flank.step;
    out[5 + k] = ms(i, r);
  }
  return out;
}

}  // namespace

const WaveScale kQrsScale = {2, 3, 4, 0.30, 8};
const WaveScale kPScale = {5, 7, 5, 0.50, 14};
const WaveScale kTScale = {8, 13, 8, 0.50, 24};

MedianBeat on_grid(const MedianBeat& beat, Hertz sampling_frequency) {
  if (sampling_frequency.value == kGridHz.value || beat.empty()) return beat;
  const double ratio = sampling_frequency.value / kGridHz.value;
  const int last = beat.size() - 1;
  const int before = static_cast<int>(beat.r / ratio), after = static_cast<int>((last - beat.r) / ratio);
  MedianBeat out;
  out.r = before;
  out.beats = beat.beats;
  for (const std::vector<float>& lead : beat.leads) {
    std::vector<float> x;
    x.reserve(static_cast<std::size_t>(before + after + 1));
    for (int i = -before; i <= after; ++i) {
      const double place = beat.r + i * ratio;
      const int low = std::clamp(static_cast<int>(place), 0, std::max(0, last - 1));
      const auto share = static_cast<float>(place - low);
      x.push_back(at(lead, low) * (1 - share) + at(lead, low + 1) * share);
    }
    out.leads.push_back(std::move(x));
  }
  return out;
}

ScaledLead scaled(std::span<const float> lead, const WaveScale& scale) {
  ScaledLead out;
  moving_average(lead, scale.smooth, out.smooth);
  const int n = static_cast<int>(lead.size()), h = scale.half_step;
  out.speed.assign(lead.size(), 0);
  for (int i = h; i + h < n; ++i) {
    out.speed[static_cast<std::size_t>(i)] =
        std::abs(out.smooth[static_cast<std::size_t>(i + h)] - out.smooth[static_cast<std::size_t>(i - h)]);
  }
  return out;
}

std::vector<float> joint_speed(std::span<const ScaledLead> leads, std::span<const std::uint8_t> used) {
  std::vector<float> joint;
  float count = 0;
  for (std::size_t lead = 0; lead < leads.size(); ++lead) {
    if (used[lead] == 0) continue;
    const std::vector<float>& speed = leads[lead].speed;
    joint.resize(speed.size(), 0);
    for (std::size_t i = 0; i < speed.size(); ++i) joint[i] += speed[i] * speed[i];
    count += 1;
  }
  for (float& v : joint) v = std::sqrt(v / count);
  return joint;
}

LeadWave lead_wave(const ScaledLead& lead, const WaveRegion& region, const WaveScale& scale, int r) {
  LeadWave out;
  const float left = mean(lead.smooth, region.begin - kLevelSamples / 2, region.begin + kLevelSamples / 2);
  const float right = mean(lead.smooth, region.end - kLevelSamples / 2, region.end + kLevelSamples / 2);
  const float tilt = (right - left) / static_cast<float>(std::max(1, region.end - region.begin));
  out.peak = region.begin;
  for (int i = region.begin; i < region.end; ++i) {
    const float y = at(lead.smooth, i) - left - tilt * static_cast<float>(i - region.begin);
    if (std::abs(y) > std::abs(out.height)) out.height = y, out.peak = i;
  }
  out.fastest = fastest_of(lead.speed, region.begin, region.end);
  for (const Side side : {Side::kOnset, Side::kOffset}) {
    // QRS may begin and end far from its peak; P and T are judged flank by flank.
    const bool whole = &scale == &kQrsScale;
    const float own = whole                  ? out.fastest
                      : side == Side::kOnset ? fastest_of(lead.speed, region.begin, out.peak + 1)
                                             : fastest_of(lead.speed, out.peak, region.end);
    const int inner = !whole ? out.peak : side == Side::kOnset ? region.end - 1 : region.begin;
    const Flank flank = flank_of(lead.speed, region, side, inner, static_cast<float>(scale.outer) * own);
    (side == Side::kOnset ? out.onset : out.offset) = edge_rules(lead, flank, own, out.height, scale, r);
  }
  return out;
}

std::array<float, kSlopeRules> joint_edge(const std::vector<float>& speed, const WaveRegion& region,
                                          Side side, const WaveScale& scale, int r) {
  std::array<float, kSlopeRules> out{};
  const float fastest = fastest_of(speed, region.begin, region.end);
  const Flank flank = flank_of(speed, region, side, side == Side::kOnset ? region.end - 1 : region.begin,
                               static_cast<float>(scale.outer) * fastest);
  int from = flank.steep;
  for (std::size_t k = 0; k < kSlopeRules; ++k) {
    from =
        walk(speed, from, flank.step, flank.last, static_cast<float>(kSlopeShares[k]) * fastest, scale.hold);
    out[k] = ms(from, r);
  }
  return out;
}

}  // namespace ecg::dsp
