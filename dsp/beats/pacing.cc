#include "dsp/beats/pacing.h"

#include <algorithm>
#include <cmath>

#include "dsp/filter/basic.h"

namespace ecg::dsp {
namespace {

constexpr double kLeastHz = 240;
// A spike falls back within 4 ms; a QRS peak does not even within 12 ms.
constexpr double kSpikeMs = 4, kQrsMs = 12, kApartMs = 20;
constexpr float kLeastUv = 100;
constexpr float kShareOfWider = 0.55F;
constexpr double kNoiseMultiple = 5;
constexpr double kLeadsShare = 0.3;
constexpr double kMostPerS = 6;  // more is noise

constexpr double kVentricularFromMs = 10, kVentricularToMs = 110, kAtrialToMs = 350, kAtrialFromMs = 120;
constexpr double kVentricularSpreadMs = 15, kAtrialSpreadMs = 25;
constexpr int kLeastBeats = 3;

// How far each sample stands beyond both neighbours w away, to the same side.
void heights(const std::vector<float>& x, std::size_t w, std::vector<float>& out) {
  const std::size_t n = x.size() - w;
  out.assign(x.size(), 0);
  const float *left = x.data(), *own = left + w, *right = own + w;
  float* to = out.data() + w;
  for (std::size_t i = 0; i + w < n; ++i) {
    const float a = own[i] - left[i], b = own[i] - right[i];
    const float up = a < b ? a : b, down = a < b ? -b : -a;
    to[i] = up > down ? up : down;
  }
}

void spikes_of(const Channel& channel, Hertz fs, std::vector<float>& height, std::vector<SampleIndex>& out) {
  const std::vector<float>& x = channel.raw;
  const auto w = static_cast<std::size_t>(samples_of_ms(fs, kSpikeMs));
  const auto wide = std::max(2 * w, static_cast<std::size_t>(samples_of_ms(fs, kQrsMs)));
  if (x.size() < 4 * wide) return;
  heights(x, w, height);
  float highest = 0;
  for (float h : height) highest = h > highest ? h : highest;
  if (highest < kLeastUv) return;
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t i = wide; i + wide < x.size(); i += 7) {
    // Muscle and hum; the few spikes themselves must not raise it.
    sum += static_cast<double>(std::clamp(height[i], 0.0F, 2 * kLeastUv));
    ++count;
  }
  const auto least = std::max(
      kLeastUv,
      static_cast<float>(kNoiseMultiple * 2 * sum / static_cast<double>(std::max<std::size_t>(1, count))));
  const auto apart = static_cast<SampleIndex>(samples_of_ms(fs, kApartMs));
  for (std::size_t i = wide; i + wide < x.size(); ++i) {
    if (height[i] < least || channel.is_missing(i)) continue;
    const float wider = std::abs(x[i] - 0.5F * (x[i - wide] + x[i + wide]));
    if (height[i] < kShareOfWider * wider) continue;
    const auto at = static_cast<SampleIndex>(i);
    if (out.empty() || at - out.back() >= apart) out.push_back(at);
  }
}

struct Distances {
  int count = 0;
  double spread_ms = 0;
};

// Of the last spike between from and to before each R.
Distances distances(std::span<const SampleIndex> spikes, std::span<const Beat> beats, double from_ms,
                    double to_ms, Hertz fs) {
  std::vector<float> found;
  for (const Beat& beat : beats) {
    const auto next =
        std::ranges::upper_bound(spikes, beat.r_peak - static_cast<SampleIndex>(from_ms * fs.value / 1000));
    if (next == spikes.begin()) continue;
    const double ms = static_cast<double>(beat.r_peak - *(next - 1)) * 1000 / fs.value;
    if (ms <= to_ms) found.push_back(static_cast<float>(ms));
  }
  Distances out;
  if (found.empty()) return out;
  const float middle = quantile(found, 0.5);
  std::vector<float> off;
  for (float ms : found) off.push_back(std::abs(ms - middle));
  out.count = static_cast<int>(found.size());
  out.spread_ms = static_cast<double>(quantile(off, 0.5));
  return out;
}

}  // namespace

std::vector<SampleIndex> pacing_spikes(std::span<const Channel> channels, Hertz fs) {
  std::vector<SampleIndex> all, merged;
  if (fs.value < kLeastHz) return merged;
  int leads = 0;
  std::vector<SampleIndex> own;
  std::vector<float> height;
  for (const Channel& channel : channels) {
    const bool sum_of_others = channel.id == LeadId::kIII || channel.id == LeadId::kAVR ||
                               channel.id == LeadId::kAVL || channel.id == LeadId::kAVF;
    if (!channel.calibrated || sum_of_others) continue;
    ++leads;
    own.clear();
    spikes_of(channel, fs, height, own);
    const double seconds = static_cast<double>(channel.raw.size()) / fs.value;
    if (static_cast<double>(own.size()) <= kMostPerS * seconds) all.insert(all.end(), own.begin(), own.end());
  }
  std::ranges::sort(all);
  const auto near = static_cast<SampleIndex>(samples_of_ms(fs, 2 * kSpikeMs));
  const auto needed = static_cast<std::size_t>(std::max(1.0, std::ceil(kLeadsShare * leads)));
  for (std::size_t i = 0; i < all.size();) {
    std::size_t end = i;
    while (end < all.size() && all[end] - all[i] <= near) ++end;
    if (end - i >= needed) merged.push_back(all[i + (end - i) / 2]);
    i = end;
  }
  return merged;
}

Pacing pacing_of(std::span<const SampleIndex> spikes, std::span<const Beat> beats, Hertz fs) {
  Pacing out;
  out.beats = static_cast<int>(beats.size());
  if (spikes.size() < static_cast<std::size_t>(kLeastBeats)) return out;
  const Distances v = distances(spikes, beats, kVentricularFromMs, kVentricularToMs, fs);
  const Distances a = distances(spikes, beats, kAtrialFromMs, kAtrialToMs, fs);
  const auto enough = [&out](const Distances& d, double most_ms) {
    return d.count >= kLeastBeats && d.spread_ms <= most_ms && 3 * d.count >= out.beats;
  };
  out.ventricular = v.count;
  out.atrial = a.count;
  out.ventricular_paced = enough(v, kVentricularSpreadMs);
  out.atrial_paced = enough(a, kAtrialSpreadMs);
  return out;
}

}  // namespace ecg::dsp
