// Where in a beat its R peak is, on the samples as recorded: the detector aligns beats to about 3 ms, the
// place is then read at the full sampling frequency.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "dsp/detect/qrs_tracker.h"
#include "dsp/signal.h"

namespace ecg::dsp {

class QrsPlace {
 public:
  explicit QrsPlace(Hertz sampling_frequency);

  // The frames needed around an aligned beat, of those that there are.
  Interval wanted(double frame, SampleIndex frames) const;

  // The R peak of a beat aligned at `frame`. window: frames [range.begin, range.end) of every lead, lead
  // after lead; weights: per lead, one over its size.
  SampleIndex find(const QrsBeat& beat, double frame, Interval range, std::span<const float> window,
                   std::span<const float> weights);

 private:
  int reach_, level_reach_;
  std::vector<float> magnitude_, sorted_;
};

}  // namespace ecg::dsp
