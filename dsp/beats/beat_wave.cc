#include "dsp/beats/beat_wave.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ecg::dsp {
namespace {

constexpr double kBeforeMs = 320, kAfterMs = 480;
constexpr double kLevelBeginMs = -110, kLevelEndMs = -70;
constexpr double kQrsBeginMs = -80, kQrsEndMs = 110;

int limb_rank(LeadId id) {
  switch (id) {
    case LeadId::kII:
      return 0;
    case LeadId::kOther:
      return 1;
    case LeadId::kI:
      return 2;
    case LeadId::kIII:
    case LeadId::kAVF:
      return 3;
    case LeadId::kAVL:
    case LeadId::kAVR:
      return 4;
    default:
      return 100;
  }
}

int chest_rank(LeadId id) {
  constexpr LeadId kOrder[] = {LeadId::kV1, LeadId::kV2, LeadId::kV5, LeadId::kV4, LeadId::kV6, LeadId::kV3};
  const auto at = std::ranges::find(kOrder, id);
  if (at != std::end(kOrder)) return static_cast<int>(at - std::begin(kOrder));
  return 10 + limb_rank(id);
}

std::vector<const Channel*> leads_to_read(std::span<const Channel> channels) {
  std::vector<const Channel*> chosen;
  for (int (*rank)(LeadId) : {limb_rank, chest_rank}) {
    const Channel* best = nullptr;
    for (const Channel& channel : channels) {
      if (channel.weight <= 0 || channel.centered.empty()) continue;
      if (!chosen.empty() && chosen.front() == &channel) continue;
      if (best == nullptr || rank(channel.id) < rank(best->id)) best = &channel;
    }
    if (best != nullptr) chosen.push_back(best);
  }
  return chosen;
}

// Values freed of mean and slope in one pass: sums of the residual products.
struct Detrended {
  double mean = 0, slope = 0;
};

Detrended trend(std::span<const float> a, Stretch part) {
  const int n = part.end - part.begin + 1;
  const double middle = (n - 1) / 2.0;
  double sum = 0, moment = 0, squares = 0;
  for (int i = 0; i < n; ++i) {
    const auto value = static_cast<double>(a[static_cast<std::size_t>(part.begin + i)]);
    sum += value;
    moment += value * (i - middle);
    squares += (i - middle) * (i - middle);
  }
  return {sum / n, squares > 0 ? moment / squares : 0};
}

}  // namespace

BeatFrame::BeatFrame(Hertz sampling_frequency)
    : grid(sampling_frequency), before(grid.count(kBeforeMs)), per_lead(before + 1 + grid.count(kAfterMs)) {}

int BeatFrame::at(double ms) const {
  return std::clamp(before + static_cast<int>(std::lround(ms / grid.ms)), 0, per_lead - 1);
}

BeatWaves read_waves(std::span<const Channel> channels, std::span<const SampleIndex> r_peaks,
                     Hertz sampling_frequency) {
  BeatWaves waves{BeatFrame(sampling_frequency), 0, {}};
  const std::vector<const Channel*> leads = leads_to_read(channels);
  BeatFrame& frame = waves.frame;
  frame.leads = static_cast<int>(leads.size());
  if (!leads.empty()) waves.frames = static_cast<SampleIndex>(leads.front()->centered.size());
  waves.values.resize(frame.size() * r_peaks.size());
  const Stretch level{frame.at(kLevelBeginMs), frame.at(kLevelEndMs)};
  const Stretch qrs{frame.at(kQrsBeginMs), frame.at(kQrsEndMs)};
  std::vector<float> sizes;
  for (std::size_t lead = 0; lead < leads.size(); ++lead) {
    sizes.clear();
    const auto wave = [&](std::size_t b) {
      return std::span(waves.values)
          .subspan(b * frame.size() + lead * static_cast<std::size_t>(frame.per_lead),
                   static_cast<std::size_t>(frame.per_lead));
    };
    for (std::size_t b = 0; b < r_peaks.size(); ++b) {
      cut(leads[lead]->centered, frame.grid, r_peaks[b], -frame.before, wave(b));
      const float zero = mean(wave(b), level);
      for (float& value : wave(b)) value -= zero;
      sizes.push_back(root_mean_square(wave(b), qrs));
    }
    if (sizes.empty()) continue;
    const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
    std::nth_element(sizes.begin(), middle, sizes.end());
    const float factor = *middle > 0 ? 1 / *middle : 0;
    for (std::size_t b = 0; b < r_peaks.size(); ++b) {
      for (float& value : wave(b)) value *= factor;
    }
  }
  return waves;
}

float mean(std::span<const float> a, Stretch part) {
  float sum = 0;
  for (int i = part.begin; i <= part.end; ++i) sum += a[static_cast<std::size_t>(i)];
  return sum / static_cast<float>(part.end - part.begin + 1);
}

float root_mean_square(std::span<const float> a, Stretch part) {
  float sum = 0;
  for (int i = part.begin; i <= part.end; ++i) {
    sum += a[static_cast<std::size_t>(i)] * a[static_cast<std::size_t>(i)];
  }
  return std::sqrt(sum / static_cast<float>(part.end - part.begin + 1));
}

float distance(std::span<const float> a, std::span<const float> b, Stretch part) {
  float sum = 0;
  for (int i = part.begin; i <= part.end; ++i) {
    const float d = a[static_cast<std::size_t>(i)] - b[static_cast<std::size_t>(i)];
    sum += d * d;
  }
  return std::sqrt(sum / static_cast<float>(part.end - part.begin + 1));
}

float likeness(std::span<const float> a, std::span<const float> b, Stretch part) {
  const Detrended ta = trend(a, part), tb = trend(b, part);
  const int n = part.end - part.begin + 1;
  const double middle = (n - 1) / 2.0;
  double ab = 0, aa = 0, bb = 0;
  for (int i = 0; i < n; ++i) {
    const auto k = static_cast<std::size_t>(part.begin + i);
    const double x = static_cast<double>(a[k]) - ta.mean - ta.slope * (i - middle);
    const double y = static_cast<double>(b[k]) - tb.mean - tb.slope * (i - middle);
    ab += x * y, aa += x * x, bb += y * y;
  }
  if (!(aa > 0 && bb > 0)) return std::numeric_limits<float>::quiet_NaN();
  return static_cast<float>(ab / std::sqrt(aa * bb));
}

QrsExtent qrs_extent(const BeatFrame& frame, std::span<const float> wave) {
  constexpr float kStill = 0.15F;
  constexpr double kGapMs = 24;
  const int begin = frame.at(-150), end = frame.at(190);
  std::vector<float> speed(static_cast<std::size_t>(end - begin), 0.0F);
  for (int lead = 0; lead < frame.leads; ++lead) {
    const auto x = frame.lead(wave, lead);
    for (int i = begin; i < end; ++i) {
      speed[static_cast<std::size_t>(i - begin)] +=
          std::abs(x[static_cast<std::size_t>(i) + 1] - x[static_cast<std::size_t>(i)]);
    }
  }
  const int n = end - begin;
  // The fastest place near R, so that a neighbouring wave does not take its stead.
  const int from = std::clamp(frame.at(-70) - begin, 0, n - 1),
            to = std::clamp(frame.at(90) - begin, 0, n - 1);
  int top = from;
  for (int i = from; i <= to; ++i) {
    if (speed[static_cast<std::size_t>(i)] > speed[static_cast<std::size_t>(top)]) top = i;
  }
  const float limit = kStill * speed[static_cast<std::size_t>(top)];
  const int gap = frame.grid.count(kGapMs);
  const auto edge = [&](int direction) {
    int last = top;
    for (int i = top + direction; i >= 0 && i < n && std::abs(i - last) <= gap; i += direction) {
      if (speed[static_cast<std::size_t>(i)] > limit) last = i;
    }
    return last;
  };
  QrsExtent extent;
  extent.width_ms = static_cast<float>((edge(1) - edge(-1) + 1) * frame.grid.ms);
  float total = 0, sum = 0;
  for (float& v : speed) total += v *= v;
  int first = -1, last = 0;
  for (int i = 0; i < n; ++i) {
    sum += speed[static_cast<std::size_t>(i)];
    if (first < 0 && sum >= 0.1F * total) first = i;
    if (sum <= 0.9F * total) last = i;
  }
  extent.spread_ms = static_cast<float>((last - first + 1) * frame.grid.ms);
  return extent;
}

}  // namespace ecg::dsp
