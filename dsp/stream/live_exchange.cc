#include "dsp/stream/live_exchange.h"

#include <algorithm>
#include <array>

#include "dsp/beats/cluster.h"
#include "dsp/beats/median.h"
#include "dsp/filter/basic.h"
#include "dsp/model/models.h"
#include "dsp/quality/condition.h"
#include "dsp/quality/lead_quality.h"

namespace ecg::dsp {
namespace {

constexpr int kLeastBeats = 4;

// The independent leads in the order of kSwapLeadIds, all usable; else empty.
std::vector<Channel> usable_leads(std::vector<Channel>& channels, const std::vector<LeadQuality>& quality) {
  std::vector<Channel> out;
  for (LeadId id : kSwapLeadIds) {
    const auto at = std::ranges::find(channels, id, &Channel::id) - channels.begin();
    if (at == static_cast<std::ptrdiff_t>(channels.size())) return {};
    Channel& channel = channels[static_cast<std::size_t>(at)];
    const double weight = weight_of(quality[static_cast<std::size_t>(at)].grade);
    if (!channel.calibrated || !channel.missing.empty() || weight <= 0) return {};
    channel.weight = weight;
    out.push_back(std::move(channel));
  }
  return out;
}

}  // namespace

std::optional<SwapFinding> exchange_in_window(std::vector<Channel> channels,
                                              std::span<const SampleIndex> r_peaks, Hertz sampling_frequency,
                                              double mains_hz) {
  if (r_peaks.size() < static_cast<std::size_t>(kLeastBeats)) return std::nullopt;
  const std::vector<LeadQuality> quality = condition(channels, sampling_frequency, mains_hz);
  const std::vector<Channel> used = usable_leads(channels, quality);
  if (used.empty()) return std::nullopt;
  const BeatShapes shapes = group_beats(used, r_peaks, sampling_frequency);
  const auto usual = std::ranges::max_element(shapes.group_size) - shapes.group_size.begin();
  std::vector<SampleIndex> members;
  for (std::size_t b = 0; b < shapes.r_peaks.size(); ++b) {
    if (shapes.group[b] == usual) members.push_back(shapes.r_peaks[b]);
  }
  if (members.size() < static_cast<std::size_t>(kLeastBeats)) return std::nullopt;
  std::vector<const std::vector<float>*> signals;
  for (const Channel& channel : used) signals.push_back(&channel.centered);
  const double rr =
      static_cast<double>(r_peaks.back() - r_peaks.front()) / static_cast<double>(r_peaks.size() - 1);
  const double after_ms = std::clamp(780 * rr / sampling_frequency.value, 300.0, 800.0);
  const MedianBeat beat = median_beat(signals, members, samples_of_ms(sampling_frequency, 420),
                                      samples_of_ms(sampling_frequency, after_ms));
  const auto waves = delineate(beat, rr, sampling_frequency);
  if (!waves) return std::nullopt;
  std::array<std::span<const float>, kSwapLeads> leads;
  for (std::size_t k = 0; k < kSwapLeads; ++k) leads[k] = beat.leads[k];
  return find_exchange(swap_shapes(leads, *waves, sampling_frequency), built_in_models().swap_prior);
}

}  // namespace ecg::dsp
