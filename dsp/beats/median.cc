#include "dsp/beats/median.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "dsp/filter/lanes.h"

namespace ecg::dsp {
namespace {

constexpr std::size_t kBeatsMost = 48;

// out.size() samples from begin on; beyond the ends the last one stays.
void cut_held(const std::vector<float>& x, SampleIndex begin, std::span<float> out) {
  const auto frames = static_cast<SampleIndex>(x.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const SampleIndex at = std::clamp<SampleIndex>(begin + static_cast<SampleIndex>(i), 0, frames - 1);
    out[i] = x[static_cast<std::size_t>(at)];
  }
}

// Rows that one step of a sorting network puts in order, the lesser value first.
struct Exchange {
  std::uint32_t low, high;
};

// Batcher's odd-even merge network (Knuth, TAOCP 3, 5.2.2 M), without the steps that the middle row does not
// depend on.
std::vector<Exchange> median_network(std::size_t count) {
  std::vector<Exchange> network;
  for (std::size_t p = 1; p < count; p *= 2) {
    for (std::size_t k = p; k >= 1; k /= 2) {
      for (std::size_t j = k % p; j + k < count; j += 2 * k) {
        for (std::size_t i = j; i < std::min(j + k, count - k); ++i) {
          if (i / (2 * p) == (i + k) / (2 * p))
            network.push_back({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(i + k)});
        }
      }
    }
  }
  std::array<bool, kBeatsMost> wanted{};
  wanted[count / 2] = true;
  std::vector<Exchange> needed;
  for (auto step = network.rbegin(); step != network.rend(); ++step) {
    if (!wanted[step->low] && !wanted[step->high]) continue;
    wanted[step->low] = wanted[step->high] = true;
    needed.push_back(*step);
  }
  std::ranges::reverse(needed);
  return needed;
}

// So many columns are sorted at a time: rows of all beats then stay in the nearest cache.
constexpr std::size_t kColumns = 4 * kLanes;

void exchange(float* low, float* high) {
  for (std::size_t i = 0; i < kColumns; i += kLanes) {
    const Lanes a = load(low + i), b = load(high + i);
    store(low + i, smaller(b, a));
    store(high + i, greater(a, b));
  }
}

// out[i]: the median of rows[k][i] over k.
void median_of_rows(std::span<const float* const> rows, std::span<const Exchange> network,
                    std::span<float> out) {
  std::array<float, kBeatsMost * kColumns> tile;
  for (std::size_t begin = 0; begin < out.size(); begin += kColumns) {
    const std::size_t width = std::min(kColumns, out.size() - begin);
    for (std::size_t k = 0; k < rows.size(); ++k) {
      if (width < kColumns) std::fill_n(&tile[k * kColumns], kColumns, 0.0F);
      std::copy_n(rows[k] + begin, width, &tile[k * kColumns]);
    }
    for (const Exchange& step : network) exchange(&tile[step.low * kColumns], &tile[step.high * kColumns]);
    std::copy_n(&tile[rows.size() / 2 * kColumns], width, out.data() + begin);
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
  const std::vector<Exchange> network = median_network(used.size());
  std::vector<const float*> rows(used.size());
  std::vector<float> copies;  // of beats that reach beyond the recording
  for (const std::vector<float>* signal : signals) {
    copies.clear();
    copies.reserve(used.size() * length);
    for (std::size_t k = 0; k < used.size(); ++k) {
      const SampleIndex begin = used[k] - before;
      if (begin >= 0 && begin + static_cast<SampleIndex>(length) <= frames) {
        rows[k] = signal->data() + begin;
      } else {
        copies.resize(copies.size() + length);
        rows[k] = copies.data() + copies.size() - length;
        cut_held(*signal, begin, {copies.data() + copies.size() - length, length});
      }
    }
    median_of_rows(rows, network, result.leads.emplace_back(length));
  }
  return result;
}

}  // namespace ecg::dsp
