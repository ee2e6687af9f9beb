#include "dsp/rhythm/activity.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "dsp/filter/basic.h"

namespace ecg::dsp {
namespace {

constexpr double kSilentUv = 100;
constexpr int kSteadyBeats = 5;  // make a steady run

// Means of 20 ms, so that hum and muscle do not count as movement; 2 % to 98 %, so that a spike does not.
double range_of(std::span<const float> x, Hertz fs) {
  std::array<float, 512> means{};
  const auto width = static_cast<std::size_t>(samples_of_ms(fs, 20));
  const std::size_t step = std::max(width, x.size() / means.size() + 1);
  std::size_t count = 0;
  for (std::size_t at = 0; at + width <= x.size() && count < means.size(); at += step) {
    float sum = 0;
    for (std::size_t i = at; i < at + width; ++i) sum += x[i];
    means[count++] = sum / static_cast<float>(width);
  }
  if (count == 0) return 0;
  const std::size_t tail = count / 50;
  const auto begin = means.begin(), end = begin + static_cast<std::ptrdiff_t>(count);
  std::nth_element(begin, begin + static_cast<std::ptrdiff_t>(tail), end);
  const float low = means[tail];
  std::nth_element(begin, begin + static_cast<std::ptrdiff_t>(count - 1 - tail), end);
  return static_cast<double>(means[count - 1 - tail] - low);
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

// Means of 20 ms around R.
double height_at(const Channel& channel, SampleIndex r, Hertz fs) {
  const SampleIndex reach = samples_of_ms(fs, 80), width = samples_of_ms(fs, 20);
  const auto frames = static_cast<SampleIndex>(channel.centered.size());
  float low = 0, high = 0;
  bool any = false;
  for (SampleIndex at = std::max<SampleIndex>(0, r - reach); at + width <= std::min(frames, r + reach);
       at += std::max<SampleIndex>(1, width / 2)) {
    float sum = 0;
    for (SampleIndex i = at; i < at + width; ++i) sum += channel.centered[static_cast<std::size_t>(i)];
    const float mean = sum / static_cast<float>(width);
    low = any ? std::min(low, mean) : mean;
    high = any ? std::max(high, mean) : mean;
    any = true;
  }
  return static_cast<double>(high - low);
}

// As long as the interval before, up to a fifth.
bool steady(SampleIndex rr, SampleIndex before) {
  return 5 * std::abs(rr - before) <= before;
}

}  // namespace

Activity activity_of(std::span<const std::span<const float>> signals, Hertz sampling_frequency) {
  Activity activity;
  for (const std::span<const float>& signal : signals) {
    if (signal.empty()) continue;
    activity.known = true;
    if (range_of(signal, sampling_frequency) > kSilentUv) return activity;
  }
  activity.silent = activity.known;
  return activity;
}

std::vector<Interval> silent_stretches(std::span<const Channel> channels, Hertz sampling_frequency) {
  const SampleIndex frames =
      channels.empty() ? 0 : static_cast<SampleIndex>(channels.front().centered.size());
  const SampleIndex window = samples_of_ms(sampling_frequency, 1000 * kActivityWindowS);
  const SampleIndex hop = samples_of_ms(sampling_frequency, 1000);
  Runs silent(window, 1);
  std::vector<std::span<const float>> signals;
  for (SampleIndex begin = 0; begin + window <= frames; begin += hop) {
    signals.clear();
    for (const Channel& channel : channels) {
      if (!stands_in(channel, begin, window)) continue;
      signals.emplace_back(channel.centered.data() + begin, static_cast<std::size_t>(window));
    }
    silent.next(begin, activity_of(signals, sampling_frequency).silent);
  }
  return silent.finish(frames);
}

void drop_beats_of_noise(std::span<const Channel> channels, std::span<const Interval> silent,
                         Hertz sampling_frequency, std::vector<SampleIndex>& r_peaks) {
  std::erase_if(r_peaks, [&](SampleIndex r) {
    if (std::ranges::none_of(silent, [r](const Interval& s) { return r >= s.begin && r < s.end; }))
      return false;
    return std::ranges::none_of(channels, [&](const Channel& channel) {
      return channel.weight > 0 && channel.calibrated &&
             height_at(channel, r, sampling_frequency) > kSilentUv;
    });
  });
}

void drop_beats_of_disorder(const Interval& disorder, std::vector<SampleIndex>& r_peaks) {
  const std::vector<SampleIndex> all = r_peaks;
  // How often on end, up to each beat, an interval is like the one before it.
  std::vector<int> run(all.size(), 0);
  for (std::size_t b = 2; b < all.size(); ++b) {
    const bool alike = steady(all[b] - all[b - 1], all[b - 1] - all[b - 2]);
    run[b] = alike ? run[b - 1] + 1 : 0;
  }
  std::vector<std::uint8_t> keep(all.size(), 0);
  for (std::size_t b = 0; b < all.size(); ++b) {
    if (run[b] < kSteadyBeats - 2) continue;
    for (std::size_t k = b - static_cast<std::size_t>(run[b]) - 1; k <= b; ++k) keep[k] = 1;
  }
  r_peaks.clear();
  for (std::size_t b = 0; b < all.size(); ++b) {
    const bool inside = all[b] >= disorder.begin && all[b] < disorder.end;
    if (!inside || keep[b] != 0) r_peaks.push_back(all[b]);
  }
}

}  // namespace ecg::dsp
