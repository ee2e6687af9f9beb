#include "dsp/delineate/per_beat.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace ecg::dsp {
namespace {

// Where the lead is farthest from the line between the two ends; empty where the wave leaves the recording.
std::optional<SampleIndex> peak_between(const std::vector<float>& x, SampleIndex begin, SampleIndex end) {
  if (begin < 0 || end >= static_cast<SampleIndex>(x.size()) || begin >= end) return std::nullopt;
  const auto at = [&x](SampleIndex i) { return static_cast<double>(x[static_cast<std::size_t>(i)]); };
  const double first = at(begin), slope = (at(end) - first) / static_cast<double>(end - begin);
  SampleIndex peak = begin;
  double farthest = -1;
  for (SampleIndex i = begin; i <= end; ++i) {
    const double distance = std::abs(at(i) - first - slope * static_cast<double>(i - begin));
    if (distance > farthest) farthest = distance, peak = i;
  }
  return peak;
}

void mark(const Channel& channel, Wave wave, SampleIndex begin, SampleIndex end, std::vector<WaveMark>& out) {
  const auto peak = peak_between(channel.clean, begin, end);
  if (peak) out.push_back({channel.lead, wave, begin, peak, end});
}

}  // namespace

std::vector<WaveMark> mark_beats(std::span<const Channel> channels, std::span<const Beat> beats,
                                 const Delineation& waves, int r) {
  std::vector<WaveMark> out;
  for (const Beat& beat : beats) {
    const SampleIndex zero = beat.r_peak - r;
    for (const Channel& channel : channels) {
      if (channel.is_missing(static_cast<std::size_t>(beat.r_peak))) continue;
      if (beat.beat_class == BeatClass::kVentricular) {
        const auto peak = peak_between(channel.clean, zero + waves.qrs.onset, zero + waves.qrs.offset);
        if (peak) out.push_back({channel.lead, Wave::kQrs, std::nullopt, peak, std::nullopt});
        continue;
      }
      if (waves.p && beat.beat_class == BeatClass::kNormal) {
        mark(channel, Wave::kP, zero + waves.p->onset, zero + waves.p->offset, out);
      }
      mark(channel, Wave::kQrs, zero + waves.qrs.onset, zero + waves.qrs.offset, out);
      if (waves.t) {
        // T has no onset of its own here: the search begins at the J point and reports none.
        const auto peak = peak_between(channel.clean, zero + waves.qrs.offset, zero + waves.t->end);
        if (peak) out.push_back({channel.lead, Wave::kT, std::nullopt, peak, zero + waves.t->end});
      }
    }
  }
  return out;
}

}  // namespace ecg::dsp
