#include "dsp/quality/condition.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "dsp/filter/baseline.h"
#include "dsp/filter/lanes.h"
#include "dsp/filter/mains.h"
#include "dsp/quality/lead_quality.h"

namespace ecg::dsp {
namespace {

// What rounding to whole microvolts or to a device's step leaves between a stored limb lead and the sum.
constexpr float kRoundingUv = 12;

struct Sum {
  float of_i = 0, of_ii = 0;
};

// Einthoven, Goldberger.
std::optional<Sum> sum_for(LeadId id) {
  switch (id) {
    case LeadId::kIII:
      return Sum{-1, 1};
    case LeadId::kAVR:
      return Sum{-0.5F, -0.5F};
    case LeadId::kAVL:
      return Sum{1, -0.5F};
    case LeadId::kAVF:
      return Sum{-0.5F, 1};
    default:
      return std::nullopt;
  }
}

const Channel* channel_of(const std::vector<Channel>& channels, LeadId id) {
  for (const Channel& channel : channels) {
    if (channel.id == id && channel.calibrated) return &channel;
  }
  return nullptr;
}

void add_up(const std::vector<float>& one, const std::vector<float>& two, Sum sum, std::vector<float>& out) {
  out.resize(one.size());
  for (std::size_t i = 0; i < one.size(); ++i) out[i] = sum.of_i * one[i] + sum.of_ii * two[i];
}

bool is_sum(const Channel& channel, const Channel& one, const Channel& two, Sum parts) {
  const std::size_t n = channel.raw.size();
  if (one.raw.size() != n || two.raw.size() != n || !channel.missing.empty() || !one.missing.empty() ||
      !two.missing.empty())
    return false;
  Lanes most = all(0);
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    const Lanes off = load(channel.raw.data() + i) -
                      (parts.of_i * load(one.raw.data() + i) + parts.of_ii * load(two.raw.data() + i));
    most = greater(most, greater(off, -off));
  }
  float worst = std::max(std::max(most[0], most[1]), std::max(most[2], most[3]));
  for (; i < n; ++i) {
    worst = std::max(worst, std::abs(channel.raw[i] - (parts.of_i * one.raw[i] + parts.of_ii * two.raw[i])));
  }
  return worst <= kRoundingUv;
}

void filter(Channel& channel, Hertz fs, const MainsGrid& grid, bool subtract) {
  channel.clean = channel.raw;
  const FastNoise noise = remove_mains(channel.clean, grid, subtract);
  channel.mains_uv = noise.mains;
  channel.muscle_uv = noise.muscle;
  channel.centered = channel.clean;
  remove_baseline_zero_phase(channel.centered, fs);
}

}  // namespace

std::vector<LeadQuality> condition(std::vector<Channel>& channels, Hertz sampling_frequency,
                                   double mains_hz) {
  const MainsGrid grid(sampling_frequency, mains_hz);
  const Channel* one = channel_of(channels, LeadId::kI);
  const Channel* two = channel_of(channels, LeadId::kII);
  std::vector<std::pair<std::size_t, Sum>> sums;
  for (std::size_t c = 0; c < channels.size(); ++c) {
    const auto parts = sum_for(channels[c].id);
    if (parts && channels[c].calibrated && one != nullptr && two != nullptr &&
        is_sum(channels[c], *one, *two, *parts)) {
      sums.emplace_back(c, *parts);
    } else {
      filter(channels[c], sampling_frequency, grid, mains_hz > 0);
    }
  }
  for (const auto& [c, parts] : sums) {
    Channel& channel = channels[c];
    add_up(one->clean, two->clean, parts, channel.clean);
    add_up(one->centered, two->centered, parts, channel.centered);
    channel.mains_uv = std::hypot(static_cast<double>(parts.of_i) * one->mains_uv,
                                  static_cast<double>(parts.of_ii) * two->mains_uv);
    channel.muscle_uv = muscle_noise(channel.raw, grid);
  }
  std::vector<LeadQuality> quality;
  quality.reserve(channels.size());
  for (const Channel& channel : channels) quality.push_back(assess_lead(channel, sampling_frequency));
  return quality;
}

}  // namespace ecg::dsp
