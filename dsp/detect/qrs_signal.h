// What the detector looks at, per lead, at kAnalysisHz: the smoothed signal, its slope over 27 ms (strongest
// between 10 and 26 Hz, blind to baseline and 37.5 Hz multiples), and the slope summed over the width of a
// QRS. The last seconds are kept in contiguous memory; nothing is allocated after construction.
#pragma once

#include <span>
#include <vector>

#include "dsp/detect/analysis_rate.h"

namespace ecg::dsp {

// Analysis samples that are taken in at a time; every decision falls on a multiple of it, so results cannot
// depend on how the samples came.
inline constexpr int kQrsBlock = 8;

class QrsSignal {
 public:
  explicit QrsSignal(std::size_t leads);

  std::size_t leads() const { return leads_; }
  // Analysis samples taken in, and up to where slope sums are known.
  SampleIndex end() const { return end_; }
  SampleIndex known() const { return end_ - kDelay; }
  // The oldest sample that may be asked for; at least kKept before end().
  SampleIndex begin() const { return base_; }

  // The next kQrsBlock samples of every lead, lead after lead.
  void extend(std::span<const float> block);

  // Pointers to the value at an analysis sample; neighbours lie beside it.
  const float* smooth(std::size_t lead, SampleIndex at) const { return plane(1, lead) + (at - base_); }
  const float* slope(std::size_t lead, SampleIndex at) const { return plane(2, lead) + (at - base_); }
  const float* sum(std::size_t lead, SampleIndex at) const { return plane(3, lead) + (at - base_); }

  static constexpr int kDelay = 9;
  static constexpr SampleIndex kKept = 576;

 private:
  static constexpr SampleIndex kCapacity = 1536;
  float* plane(std::size_t which, std::size_t lead) {
    return values_.data() + (which * leads_ + lead) * static_cast<std::size_t>(kCapacity);
  }
  const float* plane(std::size_t which, std::size_t lead) const {
    return values_.data() + (which * leads_ + lead) * static_cast<std::size_t>(kCapacity);
  }
  void make_room();

  std::size_t leads_;
  std::vector<float> values_;
  SampleIndex base_, end_ = 0;
};

}  // namespace ecg::dsp
