#include "dsp/beats/median.h"

#include <algorithm>

namespace ecg::dsp {
namespace {

constexpr std::size_t kBeatsMost = 48;

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
  std::vector<float> column(used.size());
  for (const std::vector<float>* signal : signals) {
    std::vector<float> lead;
    lead.reserve(static_cast<std::size_t>(before + after + 1));
    for (int offset = -before; offset <= after; ++offset) {
      for (std::size_t k = 0; k < used.size(); ++k) {
        column[k] =
            (*signal)[static_cast<std::size_t>(std::clamp<SampleIndex>(used[k] + offset, 0, frames - 1))];
      }
      const auto middle = column.begin() + static_cast<std::ptrdiff_t>(column.size() / 2);
      std::nth_element(column.begin(), middle, column.end());
      lead.push_back(*middle);
    }
    result.leads.push_back(std::move(lead));
  }
  return result;
}

}  // namespace ecg::dsp
