#include "dsp/rhythm/shock_stretches.h"

#include <algorithm>
#include <array>
#include <limits>

#include "dsp/rhythm/shock_detector.h"

namespace ecg::dsp {
namespace {

// The state begins with the third suspicious window; what it says is true of the windows' middle.
constexpr SampleIndex kBackS = 8, kEndBackS = 2;
constexpr std::size_t kNameReach = 2;

constexpr std::array<std::string_view, 3> kCodes = {"VF", "VFL", "VT"};

// The commonest name of the seconds around one.
std::string_view name_around(std::span<const ShockSecond> seconds, std::size_t at) {
  std::array<int, 3> votes{};
  const std::size_t end = std::min(seconds.size(), at + kNameReach + 1);
  for (std::size_t s = at > kNameReach ? at - kNameReach : 0; s < end; ++s) {
    for (std::size_t c = 0; c < kCodes.size(); ++c) votes[c] += seconds[s].code == kCodes[c] ? 1 : 0;
  }
  return kCodes[static_cast<std::size_t>(std::ranges::max_element(votes) - votes.begin())];
}

void add(std::span<const ShockSecond> seconds, std::size_t first, std::size_t last, SampleIndex second,
         SampleIndex frames, std::vector<RhythmInterval>& out) {
  // seconds[k] is known at the end of second k.
  const auto begins = static_cast<SampleIndex>(first) + 1, ends = static_cast<SampleIndex>(last) + 1;
  SampleIndex at = std::max<SampleIndex>(0, begins - kBackS) * second;
  if (!out.empty()) at = std::max(at, out.back().interval.end);
  const bool to_end = last + 1 == seconds.size();
  const SampleIndex stop = to_end ? frames : std::min(frames, (ends + 1 - kEndBackS) * second);
  if (stop <= at) return;
  for (std::size_t s = first; s <= last; ++s) {
    const std::string_view code = name_around(seconds.subspan(first, last - first + 1), s - first);
    // The window of a second lies about its middle, two and a half seconds before.
    const SampleIndex until =
        s == last ? stop : std::clamp((static_cast<SampleIndex>(s) - 1) * second, at, stop);
    if (until <= at) continue;
    if (!out.empty() && out.back().code == code && out.back().interval.end == at) {
      out.back().interval.end = until;
    } else {
      out.push_back({std::string(code), {at, until}});
    }
    at = until;
  }
}

}  // namespace

ShockStretches shock_stretches(std::span<const Channel> channels, Hertz sampling_frequency,
                               const Forest& model) {
  ShockStretches result;
  if (channels.empty()) return result;
  const SampleIndex second = samples_of_ms(sampling_frequency, 1000);
  const auto frames = static_cast<SampleIndex>(channels.front().raw.size());
  std::vector<LeadId> ids;
  for (const Channel& channel : channels) ids.push_back(channel.id);
  const std::vector<std::size_t> watched = shock_leads(ids);
  std::vector<ShockLead> leads;
  for (std::size_t lead : watched) leads.emplace_back(sampling_frequency, channels[lead].calibrated);
  ShockState state;
  std::vector<ShockSecond> seconds;
  std::vector<ShockLead::Score> scores;
  for (SampleIndex begin = 0; begin + second <= frames; begin += second) {
    scores.clear();
    for (std::size_t k = 0; k < leads.size(); ++k) {
      const Channel& channel = channels[watched[k]];
      for (SampleIndex i = begin; i < begin + second; ++i) {
        leads[k].push(channel.raw[static_cast<std::size_t>(i)],
                      channel.is_missing(static_cast<std::size_t>(i)));
      }
      if (const auto score = leads[k].score(model)) scores.push_back(*score);
    }
    seconds.push_back(state.second(scores));
    result.levels.push_back(seconds.back().known ? seconds.back().level
                                                 : std::numeric_limits<float>::quiet_NaN());
  }
  for (std::size_t s = 0; s < seconds.size(); ++s) {
    if (!seconds[s].shockable) continue;
    std::size_t last = s;
    while (last + 1 < seconds.size() && seconds[last + 1].shockable) ++last;
    add(seconds, s, last, second, frames, result.found);
    s = last;
  }
  return result;
}

}  // namespace ecg::dsp
