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
  std::vector<float> sorted = thinned(smooth, 4);
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

// Runs of windows for which something holds, as stretches of the recording.
class Runs {
 public:
  Runs(SampleIndex window, int least_windows) : window_(window), least_(least_windows) {}

  void next(SampleIndex begin, bool holds) {
    if (holds) {
      if (run_++ == 0) run_begin_ = begin;
      last_begin_ = begin;
    } else {
      close();
    }
  }

  std::vector<Interval> finish(SampleIndex frames) {
    close();
    // The last window ends less than a hop before the recording does.
    if (!found_.empty() && frames - found_.back().end < window_ / 4) found_.back().end = frames;
    return std::move(found_);
  }

 private:
  void close() {
    const Interval stretch{run_begin_, last_begin_ + window_};
    if (run_ >= least_ && !found_.empty() && stretch.begin <= found_.back().end) {
      found_.back().end = stretch.end;
    } else if (run_ >= least_) {
      found_.push_back(stretch);
    }
    run_ = 0;
  }

  SampleIndex window_;
  int least_;
  int run_ = 0;
  SampleIndex run_begin_ = 0, last_begin_ = 0;
  std::vector<Interval> found_;
};

// A lead that is off for a good part of the window is a straight line there and says nothing.
bool stands_in(const Channel& channel, SampleIndex begin, SampleIndex window) {
  constexpr int kProbes = 8;
  if (channel.weight <= 0 || !channel.calibrated) return false;
  for (int k = 0; k < kProbes; ++k) {
    if (channel.is_missing(static_cast<std::size_t>(begin + k * (window - 1) / (kProbes - 1)))) return false;
  }
  return true;
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

ActivityStretches activity_stretches(std::span<const Channel> channels, Hertz sampling_frequency) {
  const SampleIndex frames =
      channels.empty() ? 0 : static_cast<SampleIndex>(channels.front().centered.size());
  const SampleIndex window = samples_of_ms(sampling_frequency, 1000 * kActivityWindowS);
  const SampleIndex hop = samples_of_ms(sampling_frequency, 1000);
  Runs disorganised(window, 2), silent(window, 1);
  std::vector<std::span<const float>> signals;
  for (SampleIndex begin = 0; begin + window <= frames; begin += hop) {
    signals.clear();
    for (const Channel& channel : channels) {
      if (!stands_in(channel, begin, window)) continue;
      signals.emplace_back(channel.centered.data() + begin, static_cast<std::size_t>(window));
    }
    const Activity activity = activity_of(signals, sampling_frequency);
    disorganised.next(begin, activity.disorganised);
    silent.next(begin, activity.silent);
  }
  return {disorganised.finish(frames), silent.finish(frames)};
}

}  // namespace ecg::dsp
