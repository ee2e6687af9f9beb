#include "dsp/delineate/p_steadiness.h"

#include <algorithm>
#include <cmath>

namespace ecg::dsp {
namespace {

// [begin, begin + n) of x without the line between the means of its first and last tenth.
void append_detrended(const std::vector<float>& x, std::size_t begin, std::size_t n,
                      std::vector<double>& out) {
  const std::size_t edge = std::max<std::size_t>(1, n / 10);
  double left = 0, right = 0;
  for (std::size_t i = 0; i < edge; ++i) {
    left += static_cast<double>(x[begin + i]);
    right += static_cast<double>(x[begin + n - 1 - i]);
  }
  left /= static_cast<double>(edge);
  right /= static_cast<double>(edge);
  for (std::size_t i = 0; i < n; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(n);
    out.push_back(static_cast<double>(x[begin + i]) - left - (right - left) * share);
  }
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) ab += a[i] * b[i], aa += a[i] * a[i], bb += b[i] * b[i];
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0;
}

}  // namespace

double p_steadiness(const MedianBeat& beat, const PWave& p,
                    std::span<const std::vector<float>* const> signals,
                    std::span<const SampleIndex> r_peaks) {
  if (p.offset <= p.onset || r_peaks.size() < 3 || signals.empty()) return 1;
  const auto n = static_cast<std::size_t>(p.offset - p.onset);
  std::vector<double> usual, own;
  for (const std::vector<float>& lead : beat.leads)
    append_detrended(lead, static_cast<std::size_t>(p.onset), n, usual);
  double sum = 0;
  int compared = 0;
  for (SampleIndex r : r_peaks) {
    const SampleIndex begin = r - beat.r + p.onset;
    if (begin < 0 || begin + static_cast<SampleIndex>(n) > static_cast<SampleIndex>(signals.front()->size()))
      continue;
    own.clear();
    for (const std::vector<float>* signal : signals)
      append_detrended(*signal, static_cast<std::size_t>(begin), n, own);
    sum += correlation(usual, own);
    ++compared;
  }
  return compared < 3 ? 1 : sum / compared;
}

}  // namespace ecg::dsp
