#include "dsp/delineate/per_beat.h"

#include <algorithm>
#include <cmath>

namespace ecg::dsp {
namespace {

void mark(const Channel& channel, Wave wave, const WaveSpan& span, SampleIndex r, double per_ms,
          std::vector<WaveMark>& out) {
  const auto place = [r, per_ms](float ms) {
    return r + static_cast<SampleIndex>(std::lround(static_cast<double>(ms) * per_ms));
  };
  const SampleIndex begin = place(span.onset), end = place(span.offset);
  if (begin < 0 || end >= static_cast<SampleIndex>(channel.clean.size())) return;
  out.push_back({channel.lead, wave, begin, std::clamp(place(span.peak), begin, end), end});
}

}  // namespace

std::vector<WaveMark> mark_beats(std::span<const Channel> channels, const MarkedBeats& marked) {
  std::vector<WaveMark> out;
  const double per_ms = marked.sampling_frequency.value / 1000;
  for (std::size_t b = 0; b < marked.beats.size(); ++b) {
    const SampleIndex r = marked.beats[b].r_peak;
    const auto group = static_cast<std::size_t>(marked.group[b]);
    if (!marked.shapes[group]) continue;
    for (std::size_t c = 0; c < channels.size(); ++c) {
      if (channels[c].is_missing(static_cast<std::size_t>(r))) continue;
      const LeadWaves& waves = marked.shapes[group]->leads[c];
      if (waves.p && marked.p_wave && marked.beats[b].beat_class == BeatClass::kNormal)
        mark(channels[c], Wave::kP, *waves.p, r, per_ms, out);
      if (waves.qrs) mark(channels[c], Wave::kQrs, *waves.qrs, r, per_ms, out);
      if (waves.t) mark(channels[c], Wave::kT, *waves.t, r, per_ms, out);
    }
  }
  return out;
}

}  // namespace ecg::dsp
