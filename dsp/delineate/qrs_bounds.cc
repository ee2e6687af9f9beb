#include <algorithm>
#include <cmath>
#include <vector>

#include "dsp/delineate/waves.h"
#include "dsp/filter/basic.h"

namespace ecg::dsp {
namespace {

constexpr double kReachMs = 90;        // farthest boundary from the fast part of QRS
constexpr double kQuietRunMs = 10;     // so long must the leads rest
constexpr double kOnsetShare = 0.028;  // of the greatest speed
constexpr double kOffsetShare = 0.034;
constexpr double kCoreShare = 0.30;
constexpr double kNoiseFactor = 2.0;

// Root of the summed squared slopes over about 8 ms.
std::vector<float> speed_of(const MedianBeat& beat, Hertz fs) {
  const auto n = static_cast<std::size_t>(beat.size());
  const auto k = static_cast<std::size_t>(samples_of_ms(fs, 4));
  std::vector<float> speed(n, 0);
  for (const std::vector<float>& lead : beat.leads) {
    for (std::size_t i = k; i + k < n; ++i) {
      const float d = lead[i + k] - lead[i - k];
      speed[i] += d * d;
    }
  }
  for (float& v : speed) v = std::sqrt(v);
  std::vector<float> smooth;
  moving_average(speed, samples_of_ms(fs, 6), smooth);
  return smooth;
}

// From start in direction step to where the speed stays below the limit; start itself if it never does.
int walk(const std::vector<float>& speed, int start, int step, int reach, int run, float limit) {
  const int n = static_cast<int>(speed.size());
  int quiet = 0;
  int edge = start;
  for (int i = start; i >= 0 && i < n && std::abs(i - start) <= reach; i += step) {
    if (speed[static_cast<std::size_t>(i)] < limit) {
      if (quiet == 0) edge = i;
      if (++quiet >= run) return edge;
    } else {
      quiet = 0;
      edge = i;
    }
  }
  return edge;
}

}  // namespace

std::optional<QrsBounds> find_qrs(const MedianBeat& beat, Hertz sampling_frequency) {
  const int n = beat.size(), reach = samples_of_ms(sampling_frequency, kReachMs);
  if (beat.empty() || n < 2 * samples_of_ms(sampling_frequency, 60)) return std::nullopt;
  const std::vector<float> speed = speed_of(beat, sampling_frequency);
  const int near = samples_of_ms(sampling_frequency, 70);
  const int from = std::max(0, beat.r - near), to = std::min(n - 1, beat.r + near);
  if (from >= to) return std::nullopt;
  const float fastest = *std::max_element(speed.begin() + from, speed.begin() + to + 1);
  if (fastest <= 0) return std::nullopt;
  // What the leads do where nothing happens: the quieter part of the second before the QRS.
  std::vector<float> before(speed.begin() + std::max(0, beat.r - samples_of_ms(sampling_frequency, 250)),
                            speed.begin() + std::max(1, beat.r - near));
  const double noise = static_cast<double>(quantile(before, 0.25));
  const double onset_limit = std::max(kNoiseFactor * noise, kOnsetShare * static_cast<double>(fastest));
  const double offset_limit = std::max(kNoiseFactor * noise, kOffsetShare * static_cast<double>(fastest));
  int first = beat.r, last = beat.r;
  const auto core = static_cast<float>(kCoreShare * static_cast<double>(fastest));
  for (int i = from; i <= std::min(n - 1, beat.r + samples_of_ms(sampling_frequency, 110)); ++i) {
    if (speed[static_cast<std::size_t>(i)] < core) continue;
    first = std::min(first, i);
    last = std::max(last, i);
  }
  const int run = samples_of_ms(sampling_frequency, kQuietRunMs);
  return QrsBounds{walk(speed, first, -1, reach, run, static_cast<float>(onset_limit)),
                   walk(speed, last, 1, reach, run, static_cast<float>(offset_limit))};
}

}  // namespace ecg::dsp
