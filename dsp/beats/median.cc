#include "dsp/beats/median.h"

#include <algorithm>

namespace ecg::dsp {
namespace {

constexpr std::size_t kBeatsMost = 48;

// out.size() samples from begin on; beyond the ends the last one stays.
void cut(const std::vector<float>& x, SampleIndex begin, std::span<float> out) {
  const auto frames = static_cast<SampleIndex>(x.size());
  if (begin >= 0 && begin + static_cast<SampleIndex>(out.size()) <= frames) {
    std::copy_n(x.begin() + begin, out.size(), out.begin());
    return;
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    const SampleIndex at = std::clamp<SampleIndex>(begin + static_cast<SampleIndex>(i), 0, frames - 1);
    out[i] = x[static_cast<std::size_t>(at)];
  }
}

void exchange(float* __restrict low, float* __restrict high, std::size_t length) {
  for (std::size_t i = 0; i < length; ++i) {
    const float a = low[i], b = high[i];
    low[i] = b < a ? b : a;
    high[i] = b < a ? a : b;
  }
}

// Every column ascending: Batcher's odd-even merge network (Knuth, TAOCP 3, 5.2.2 M), whole rows at a time.
void sort_rows(std::vector<float>& rows, std::size_t count, std::size_t length) {
  for (std::size_t p = 1; p < count; p *= 2) {
    for (std::size_t k = p; k >= 1; k /= 2) {
      for (std::size_t j = k % p; j + k < count; j += 2 * k) {
        for (std::size_t i = j; i < std::min(j + k, count - k); ++i) {
          if (i / (2 * p) == (i + k) / (2 * p)) exchange(&rows[i * length], &rows[(i + k) * length], length);
        }
      }
    }
  }
}

}  // namespace

MedianBeat median_beat(std::span<const std::vector<float>* const> signals,
                       std::span<const SampleIndex> r_peaks, int before, int after) {
  MedianBeat result;
  result.r = before;
  if (signals.empty() || signals.front()->empty()) return result;
  const auto frames = static_cast<SampleIndex>(signals.front()->size());
  std::vector<SampleIndex> inside;
  for (SampleIndex r : r_peaks) {
    if (r - before >= 0 && r + after < frames) inside.push_back(r);
  }
  if (inside.empty()) inside.assign(r_peaks.begin(), r_peaks.end());
  if (inside.empty()) return result;
  std::vector<SampleIndex> used;
  const std::size_t wanted = std::min(inside.size(), kBeatsMost);
  for (std::size_t k = 0; k < wanted; ++k) used.push_back(inside[k * inside.size() / wanted]);

  result.beats = static_cast<int>(used.size());
  const auto length = static_cast<std::size_t>(before + after + 1);
  std::vector<float> rows(used.size() * length);
  for (const std::vector<float>* signal : signals) {
    for (std::size_t k = 0; k < used.size(); ++k) cut(*signal, used[k] - before, {&rows[k * length], length});
    sort_rows(rows, used.size(), length);
    const auto middle = rows.begin() + static_cast<std::ptrdiff_t>(used.size() / 2 * length);
    result.leads.emplace_back(middle, middle + static_cast<std::ptrdiff_t>(length));
  }
  return result;
}

}  // namespace ecg::dsp
