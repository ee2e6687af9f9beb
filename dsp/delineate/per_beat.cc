#include "dsp/delineate/per_beat.h"

#include <algorithm>
#include <cmath>

namespace ecg::dsp {
namespace {

// Likeness to the usual P that is needed: least where P is expected, most before an ectopic ventricular beat.
constexpr float kLeastInPlace = 0.4F, kLeastElsewhere = 0.65F, kLeastBeforeVentricular = 0.85F;
constexpr float kInPlaceMs = 32;

void mark(const Channel& channel, Wave wave, const WaveSpan& span, SampleIndex r, double per_ms,
          std::vector<WaveMark>& out) {
  const auto place = [r, per_ms](float ms) {
    return r + static_cast<SampleIndex>(std::lround(static_cast<double>(ms) * per_ms));
  };
  const SampleIndex begin = place(span.onset), end = place(span.offset);
  if (begin < 0 || end >= static_cast<SampleIndex>(channel.clean.size())) return;
  out.push_back({channel.lead, wave, begin, std::clamp(place(span.peak), begin, end), end});
}

// How much later than usual P stands before this beat; empty where it is not seen.
std::optional<float> p_place(const MarkedBeats& marked, std::size_t b) {
  if (marked.p.empty() || !marked.shapes[marked.usual]) return std::nullopt;
  const PMatch& p = marked.p[b];
  const BeatClass beat_class = marked.beats[b].beat_class;
  const bool as_usual = static_cast<std::size_t>(marked.group[b]) == marked.usual &&
                        beat_class == BeatClass::kNormal && std::abs(p.shift_ms) < kInPlaceMs;
  const float least = beat_class == BeatClass::kVentricular ? kLeastBeforeVentricular
                      : as_usual                            ? kLeastInPlace
                                                            : kLeastElsewhere;
  if (p.likeness < least) return std::nullopt;
  return p.shift_ms;
}

// P ends where QRS begins at the latest.
WaveSpan moved(WaveSpan p, float shift, const std::optional<WaveSpan>& qrs) {
  p.onset += shift;
  p.peak += shift;
  p.offset += shift;
  if (qrs) {
    p.offset = std::min(p.offset, qrs->onset);
    p.onset = std::min(p.onset, p.offset);
  }
  return p;
}

}  // namespace

std::vector<WaveMark> mark_beats(std::span<const Channel> channels, const MarkedBeats& marked) {
  std::vector<WaveMark> out;
  if (marked.usual >= marked.shapes.size()) return out;
  const std::optional<ShapeWaves>& usual = marked.shapes[marked.usual];
  const double per_ms = marked.sampling_frequency.value / 1000;
  for (std::size_t b = 0; b < marked.beats.size(); ++b) {
    const SampleIndex r = marked.beats[b].r_peak;
    const auto group = static_cast<std::size_t>(marked.group[b]);
    if (!marked.shapes[group]) continue;
    const auto p_shift = p_place(marked, b);
    for (std::size_t c = 0; c < channels.size(); ++c) {
      if (channels[c].is_missing(static_cast<std::size_t>(r))) continue;
      const LeadWaves& waves = marked.shapes[group]->leads[c];
      if (p_shift && usual->leads[c].p)
        mark(channels[c], Wave::kP, moved(*usual->leads[c].p, *p_shift, waves.qrs), r, per_ms, out);
      if (waves.qrs) mark(channels[c], Wave::kQrs, *waves.qrs, r, per_ms, out);
      if (waves.t) mark(channels[c], Wave::kT, *waves.t, r, per_ms, out);
    }
  }
  return out;
}

}  // namespace ecg::dsp
