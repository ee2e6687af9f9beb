#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "dsp/delineate/waves.h"
#include "dsp/filter/basic.h"

namespace ecg::dsp {
namespace {

constexpr double kLeastTUv = 60;
constexpr double kLeastPUv = 11;
constexpr double kPOverRest = 2.2;
// The edge of P as a share of its peak; the stricter ones where the looser runs into what lies beside P.
constexpr std::array<double, 4> kPEdgeShares = {0.16, 0.24, 0.34, 0.45};
constexpr double kShortestPMs = 45, kLongestPMs = 150;
constexpr double kLongestPrMs = 330;
// A T wave may not end later than this share of the cycle behind R.
constexpr double kLatestTShare = 0.72;
constexpr double kGlobalTEndQuantile = 0.9;

double mean_of(const std::vector<float>& x, int begin, int end) {
  begin = std::max(begin, 0);
  end = std::min(end, static_cast<int>(x.size()));
  if (begin >= end) return 0;
  double sum = 0;
  for (int i = begin; i < end; ++i) sum += static_cast<double>(x[static_cast<std::size_t>(i)]);
  return sum / (end - begin);
}

// Peak and end of T in one lead: the end is where the steepest tangent behind the peak meets the level after
// T.
std::optional<TWave> t_of_lead(const std::vector<float>& lead, int begin, int end, double level, Hertz fs) {
  const auto at = [&lead](int i) { return static_cast<double>(lead[static_cast<std::size_t>(i)]); };
  int peak = begin;
  for (int i = begin; i < end; ++i) {
    if (std::abs(at(i) - level) > std::abs(at(peak) - level)) peak = i;
  }
  const double height = at(peak) - level;
  const int slope_step = samples_of_ms(fs, 8);
  if (std::abs(height) < kLeastTUv || peak <= begin + 1 || peak >= end - 2 * slope_step) return std::nullopt;
  const int latest = std::min(end - slope_step, peak + samples_of_ms(fs, 180));
  int steepest = peak;
  double slope = 0;
  for (int i = peak; i < latest; ++i) {
    const double s = (at(i + slope_step) - at(std::max(i - slope_step, 0))) / (2 * slope_step);
    if (s * height < 0 && std::abs(s) > std::abs(slope)) slope = s, steepest = i;
  }
  if (slope == 0) return std::nullopt;
  const int rest_begin = std::min(steepest + samples_of_ms(fs, 70), end - 2);
  const double rest = mean_of(lead, rest_begin, std::min(rest_begin + samples_of_ms(fs, 40), end));
  // Where T runs into the next wave there is no rest; the level before QRS then stands in.
  const double base = std::abs(rest - level) < 0.4 * std::abs(height) ? rest : level;
  const double meets = steepest + (base - at(steepest)) / slope;
  return TWave{peak, std::clamp(static_cast<int>(std::lround(meets)), steepest, end)};
}

std::optional<TWave> find_t(const MedianBeat& beat, const QrsBounds& qrs, double rr, Hertz fs) {
  const int begin = qrs.offset + samples_of_ms(fs, 50);
  int end = beat.size() - 1;
  if (rr > 0) end = std::min(end, beat.r + static_cast<int>(kLatestTShare * rr));
  if (end - begin < samples_of_ms(fs, 100)) return std::nullopt;
  std::vector<float> ends, peaks, smooth;
  for (const std::vector<float>& lead : beat.leads) {
    moving_average(lead, samples_of_ms(fs, 24), smooth);
    const double level = mean_of(lead, qrs.onset - samples_of_ms(fs, 16), qrs.onset);
    const auto t = t_of_lead(smooth, begin, end, level, fs);
    if (!t) continue;
    ends.push_back(static_cast<float>(t->end));
    peaks.push_back(static_cast<float>(t->peak));
  }
  if (ends.empty()) return std::nullopt;
  return TWave{static_cast<int>(quantile(peaks, 0.5)), static_cast<int>(quantile(ends, kGlobalTEndQuantile))};
}

// All leads as one positive signal over [begin, end), each measured from the line between its two ends.
std::vector<float> p_strength(const MedianBeat& beat, int begin, int end, Hertz fs) {
  std::vector<float> strength(static_cast<std::size_t>(end - begin), 0), smooth;
  const int edge = samples_of_ms(fs, 12);
  for (const std::vector<float>& lead : beat.leads) {
    moving_average(lead, samples_of_ms(fs, 16), smooth);
    const double left = mean_of(smooth, begin, begin + edge), right = mean_of(smooth, end - edge, end);
    for (int i = begin; i < end; ++i) {
      const double line = left + (right - left) * (i - begin) / std::max(1, end - begin - 1);
      const double y = static_cast<double>(smooth[static_cast<std::size_t>(i)]) - line;
      strength[static_cast<std::size_t>(i - begin)] += static_cast<float>(y * y);
    }
  }
  for (float& s : strength) s = std::sqrt(s / static_cast<float>(beat.leads.size()));
  return strength;
}

// From the peak outwards to where the strength falls to the limit, or to its lowest point before it rises
// again by more than rise.
int p_edge(const std::vector<float>& strength, int peak, int step, double limit, double rise) {
  const int n = static_cast<int>(strength.size());
  int lowest = peak;
  for (int i = peak; i >= 0 && i < n; i += step) {
    const auto now = static_cast<double>(strength[static_cast<std::size_t>(i)]);
    const auto least = static_cast<double>(strength[static_cast<std::size_t>(lowest)]);
    if (now <= limit) return i;
    if (now < least) lowest = i;
    if (now > least + rise) return lowest;
  }
  return lowest;
}

std::optional<PWave> find_p(const MedianBeat& beat, const QrsBounds& qrs, const std::optional<TWave>& t,
                            double rr, Hertz fs) {
  const int end = qrs.onset;
  int begin = std::max(0, end - samples_of_ms(fs, kLongestPrMs));
  if (rr > 0 && t) begin = std::max(begin, static_cast<int>(t->end - rr) + samples_of_ms(fs, 20));
  // Without a T wave nobody knows where the diastole begins; at a fast rate what is seen may be anything.
  if (rr > 0 && !t && rr < samples_of_ms(fs, 600)) return std::nullopt;
  if (end - begin < samples_of_ms(fs, 90)) return std::nullopt;
  const std::vector<float> strength = p_strength(beat, begin, end, fs);
  const int n = end - begin, margin = samples_of_ms(fs, 25);
  int peak = margin;
  for (int i = margin; i < n - margin; ++i) {
    if (strength[static_cast<std::size_t>(i)] > strength[static_cast<std::size_t>(peak)]) peak = i;
  }
  std::vector<float> sorted = strength;
  const double size = static_cast<double>(strength[static_cast<std::size_t>(peak)]);
  const double rest = static_cast<double>(quantile(sorted, 0.3));
  if (size < kLeastPUv || size < kPOverRest * rest || peak <= margin || peak >= n - margin - 1)
    return std::nullopt;
  for (double share : kPEdgeShares) {
    const double limit = std::max(share * size, std::min(1.2 * rest, 0.4 * size));
    const int onset = p_edge(strength, peak, -1, limit, 0.15 * size);
    const int offset = p_edge(strength, peak, 1, limit, 0.15 * size);
    if (offset - onset < samples_of_ms(fs, kShortestPMs)) return std::nullopt;
    if (offset - onset <= samples_of_ms(fs, kLongestPMs))
      return PWave{begin + onset, begin + peak, begin + offset, size};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Delineation> delineate(const MedianBeat& beat, double rr, Hertz sampling_frequency) {
  const auto qrs = find_qrs(beat, sampling_frequency);
  if (!qrs) return std::nullopt;
  Delineation result{*qrs, std::nullopt, std::nullopt};
  result.t = find_t(beat, *qrs, rr, sampling_frequency);
  result.p = find_p(beat, *qrs, result.t, rr, sampling_frequency);
  return result;
}

}  // namespace ecg::dsp
