// The QRS energy of all leads as one signal: per lead the slope in the QRS band, normalised by the lead's own
// usual slope, weighted by its quality, summed, and averaged over the width of a QRS (Christov's complex
// lead).
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "dsp/filter/basic.h"
#include "dsp/signal.h"

namespace ecg::dsp {

// Slope magnitude of one lead in the QRS band, unit per second; push-style, fixed memory.
class QrsSlope {
 public:
  explicit QrsSlope(Hertz sampling_frequency);
  float push(float sample);

 private:
  double hz_;
  Biquad high_, low_;
  BiquadState high_state_, low_state_;
  double before_ = 0, before_that_ = 0;
  bool begun_ = false;
};

// Mean of the last width values.
class TrailingMean {
 public:
  explicit TrailingMean(std::size_t width) : ring_(width == 0 ? 1 : width, 0.0F) {}
  float push(float value);

 private:
  std::vector<float> ring_;
  std::size_t at_ = 0;
  double sum_ = 0;
};

// Delay of the fused feature's peak behind the middle of the QRS, samples.
int qrs_feature_delay(Hertz sampling_frequency);
std::size_t qrs_feature_width(Hertz sampling_frequency);

// Slopes below this are no QRS whatever the lead's usual slope is (about 0.1 mV), microvolts per second.
inline constexpr double kLeastQrsSlope = 3500;

// The fused feature at its peak over an ordinary QRS is about 0.35; these are the least heights of a beat, as
// a share of the lead's usual slope and, where the leads are calibrated, of kLeastQrsSlope.
inline constexpr float kLeastPeakShare = 0.06F;
inline constexpr float kLeastPeakOfFloor = 0.22F;

}  // namespace ecg::dsp
