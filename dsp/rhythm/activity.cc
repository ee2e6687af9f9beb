#include "dsp/rhythm/activity.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "dsp/filter/basic.h"

namespace ecg::dsp {
namespace {

constexpr double kSilentUv = 100;
constexpr double kDisorderLeastUv = 150;  // coarse; finer fibrillation is told from silence by a person
constexpr double kLeakageMost = 0.48;
constexpr double kNearZeroShareMost = 0.42;
constexpr double kLeastHz = 2, kMostHz = 9;
constexpr double kLeadsShare = 0.6;
constexpr double kSilenceS = 4;

struct LeadActivity {
  double range_uv = 0;  // 2 % to 98 %
  double leakage = 1;
  double near_zero = 1;
  double frequency_hz = 0;
};

LeadActivity activity_of_lead(std::span<const float> x, Hertz fs) {
  LeadActivity out;
  std::vector<float> smooth;
  moving_average(x, samples_of_ms(fs, 20), smooth);
  std::vector<float> sorted = smooth;
  const float high = quantile(sorted, 0.98), low = quantile(sorted, 0.02);
  out.range_uv = static_cast<double>(high - low);
  double sum = 0, steps = 0;
  float largest = 0;
  for (std::size_t i = 1; i < smooth.size(); ++i) {
    sum += static_cast<double>(std::abs(smooth[i]));
    steps += static_cast<double>(std::abs(smooth[i] - smooth[i - 1]));
    largest = std::max(largest, std::abs(smooth[i]));
  }
  if (steps <= 0 || largest <= 0) return out;
  const auto half = static_cast<std::size_t>(std::numbers::pi * sum / steps + 0.5);
  if (half < 1 || half >= smooth.size()) return out;
  double left = 0, all = 0;
  for (std::size_t i = half; i < smooth.size(); ++i) {
    left += static_cast<double>(std::abs(smooth[i] + smooth[i - half]));
    all += static_cast<double>(std::abs(smooth[i]) + std::abs(smooth[i - half]));
  }
  out.leakage = all > 0 ? left / all : 1;
  out.frequency_hz = fs.value / (2 * static_cast<double>(half));
  const auto near =
      std::ranges::count_if(smooth, [largest](float v) { return std::abs(v) < 0.15F * largest; });
  out.near_zero = static_cast<double>(near) / static_cast<double>(smooth.size());
  return out;
}

template <class Wanted>
std::vector<Interval> stretches(std::span<const Channel> channels, Hertz fs, double window_s, double hop_s,
                                int least_windows, Wanted wanted) {
  std::vector<Interval> found;
  const SampleIndex frames =
      channels.empty() ? 0 : static_cast<SampleIndex>(channels.front().centered.size());
  const SampleIndex window = samples_of_ms(fs, 1000 * window_s), hop = samples_of_ms(fs, 1000 * hop_s);
  std::vector<std::span<const float>> signals;
  int run = 0;
  SampleIndex run_begin = 0;
  const auto close = [&](SampleIndex end) {
    if (run >= least_windows) {
      if (!found.empty() && run_begin <= found.back().end) {
        found.back().end = end;
      } else {
        found.push_back({run_begin, end});
      }
    }
    run = 0;
  };
  SampleIndex begin = 0;
  for (; begin + window <= frames; begin += hop) {
    signals.clear();
    for (const Channel& channel : channels) {
      if (channel.weight <= 0 || !channel.calibrated) continue;
      signals.emplace_back(channel.centered.data() + begin, static_cast<std::size_t>(window));
    }
    if (wanted(activity_of(signals, fs))) {
      if (run++ == 0) run_begin = begin;
    } else {
      close(begin - hop + window);
    }
  }
  close(begin - hop + window);
  // The last window ends up to a hop early.
  if (!found.empty() && frames - found.back().end < hop) found.back().end = frames;
  return found;
}

}  // namespace

Activity activity_of(std::span<const std::span<const float>> signals, Hertz sampling_frequency) {
  Activity activity;
  std::size_t disordered = 0;
  bool any_moves = false;
  std::vector<float> frequencies;
  for (const std::span<const float>& signal : signals) {
    if (signal.empty()) continue;
    activity.known = true;
    const LeadActivity lead = activity_of_lead(signal, sampling_frequency);
    any_moves = any_moves || lead.range_uv > kSilentUv;
    const bool oscillates = lead.frequency_hz >= kLeastHz && lead.frequency_hz <= kMostHz;
    if (lead.range_uv > kDisorderLeastUv && oscillates && lead.leakage < kLeakageMost &&
        lead.near_zero < kNearZeroShareMost) {
      ++disordered;
      frequencies.push_back(static_cast<float>(lead.frequency_hz));
    }
  }
  activity.silent = activity.known && !any_moves;
  activity.disorganised =
      activity.known && static_cast<double>(disordered) >= kLeadsShare * static_cast<double>(signals.size());
  activity.frequency_hz = static_cast<double>(quantile(frequencies, 0.5));
  return activity;
}

std::vector<Interval> disorganised_stretches(std::span<const Channel> channels, Hertz sampling_frequency) {
  return stretches(channels, sampling_frequency, kActivityWindowS, 1, 2,
                   [](const Activity& a) { return a.disorganised; });
}

std::vector<Interval> silent_stretches(std::span<const Channel> channels, Hertz sampling_frequency) {
  return stretches(channels, sampling_frequency, kSilenceS, 0.5, 1,
                   [](const Activity& a) { return a.silent; });
}

}  // namespace ecg::dsp
