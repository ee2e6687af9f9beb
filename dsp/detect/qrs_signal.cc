#include "dsp/detect/qrs_signal.h"

#include <algorithm>
#include <cmath>

namespace ecg::dsp {
namespace {

// Before the first sample the signal is taken to have stood still.
constexpr SampleIndex kBefore = 128;
constexpr int kWide = kQrsBlock + 12;

}  // namespace

QrsSignal::QrsSignal(std::size_t leads)
    : leads_(leads), values_(4 * leads * static_cast<std::size_t>(kCapacity), 0.0F), base_(-kBefore) {}

void QrsSignal::make_room() {
  if (end_ - base_ + kQrsBlock <= kCapacity) return;
  const SampleIndex drop = end_ - kKept - base_;
  for (std::size_t which = 0; which < 4; ++which) {
    for (std::size_t lead = 0; lead < leads_; ++lead) {
      float* p = plane(which, lead);
      std::copy(p + drop, p + (end_ - base_), p);
    }
  }
  base_ += drop;
}

void QrsSignal::extend(std::span<const float> block) {
  make_room();
  for (std::size_t lead = 0; lead < leads_; ++lead) {
    const float* in = block.data() + lead * kQrsBlock;
    float* x = plane(0, lead) + (end_ - base_);
    if (end_ == 0) {
      std::fill(x - kBefore, x, in[0]);
      float* m = plane(1, lead);
      std::fill(m, m + kBefore, 3 * in[0]);
    }
    std::copy(in, in + kQrsBlock, x);
    float* __restrict m = plane(1, lead) + (end_ - base_) - 1;
    const float* __restrict from = x - 2;
    for (int i = 0; i < kQrsBlock; ++i) m[i] = from[i] + from[i + 1] + from[i + 2];
    float* __restrict d = plane(2, lead) + (end_ - base_) - 3;
    const float* __restrict smoothed = m - 4;
    for (int i = 0; i < kQrsBlock; ++i) d[i] = std::abs(smoothed[i + 4] - smoothed[i]);
    const float* __restrict slopes = d - 12;
    float two[kWide], four[kWide], eight[kWide];
    for (int i = 0; i < kWide - 1; ++i) two[i] = slopes[i] + slopes[i + 1];
    for (int i = 0; i < kWide - 3; ++i) four[i] = two[i] + two[i + 2];
    for (int i = 0; i < kWide - 7; ++i) eight[i] = four[i] + four[i + 4];
    float* __restrict sum = plane(3, lead) + (end_ - base_) - kDelay;
    for (int i = 0; i < kQrsBlock; ++i) sum[i] = eight[i] + four[i + 8] + slopes[i + 12];
  }
  end_ += kQrsBlock;
}

}  // namespace ecg::dsp
