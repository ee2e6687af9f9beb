#include "dsp/filter/channel.h"

#include <algorithm>

namespace ecg::dsp {
namespace {

void mark(std::vector<std::uint8_t>& missing, std::size_t frames, SampleIndex begin, SampleIndex end) {
  const auto from =
      static_cast<std::size_t>(std::clamp<SampleIndex>(begin, 0, static_cast<SampleIndex>(frames)));
  const auto to = static_cast<std::size_t>(std::clamp<SampleIndex>(end, 0, static_cast<SampleIndex>(frames)));
  if (from >= to) return;
  missing.resize(frames, 0);
  std::fill(missing.begin() + static_cast<std::ptrdiff_t>(from),
            missing.begin() + static_cast<std::ptrdiff_t>(to), std::uint8_t{1});
}

void bridge(std::vector<float>& raw, const std::vector<std::uint8_t>& missing) {
  const std::size_t n = raw.size();
  for (std::size_t i = 0; i < n;) {
    if (missing[i] == 0) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < n && missing[end] != 0) ++end;
    const float before = i > 0 ? raw[i - 1] : (end < n ? raw[end] : 0);
    const float after = end < n ? raw[end] : before;
    const auto steps = static_cast<float>(end - i + 1);
    for (std::size_t k = i; k < end; ++k)
      raw[k] = before + (after - before) * static_cast<float>(k - i + 1) / steps;
    i = end;
  }
}

}  // namespace

std::vector<Channel> channels_of(const Recording& recording) {
  const auto frames = static_cast<std::size_t>(recording.frames());
  std::vector<Channel> channels;
  channels.reserve(recording.leads.size());
  for (std::size_t at = 0; at < recording.leads.size(); ++at) {
    const Lead& lead = recording.leads[at];
    Channel channel;
    channel.lead = static_cast<int>(at);
    channel.id = lead.id;
    channel.calibrated = is_sensitivity(lead.uv_per_lsb);
    const double scale = channel.calibrated ? lead.uv_per_lsb : 1;
    channel.raw.assign(frames, 0);
    const std::size_t held = std::min(frames, lead.samples.size());
    for (std::size_t i = 0; i < held; ++i) {
      channel.raw[i] = static_cast<float>((static_cast<double>(lead.samples[i]) - lead.baseline) * scale);
    }
    mark(channel.missing, frames, static_cast<SampleIndex>(held), static_cast<SampleIndex>(frames));
    for (const Interval& gap : lead.gaps) mark(channel.missing, frames, gap.begin, gap.end);
    if (!channel.missing.empty()) bridge(channel.raw, channel.missing);
    channels.push_back(std::move(channel));
  }
  return channels;
}

}  // namespace ecg::dsp
