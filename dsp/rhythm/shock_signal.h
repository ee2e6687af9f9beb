// The signal on which fibrillation is looked for: one lead, thinned to about 125 Hz, 1 to 25 Hz. Causal, so
// that a finished recording and a stream yield the same numbers.
#pragma once

#include <optional>

#include "dsp/filter/basic.h"
#include "dsp/signal.h"

namespace ecg::dsp {

class ShockSignal {
 public:
  explicit ShockSignal(Hertz sampling_frequency);

  // raw_uv: the next sample as recorded, microvolts. A value every thinning() samples.
  struct Value {
    float wave = 0;  // 1..25 Hz, microvolts
    float qrs = 0;   // around 15 Hz, where QRS complexes are and fibrillation is not
  };
  std::optional<Value> push(float raw_uv);

  int thinning() const { return thinning_; }
  Hertz rate() const { return rate_; }

 private:
  int thinning_;
  Hertz rate_;
  Biquad high_, low_, qrs_high_, qrs_low_;
  BiquadState high_state_, low_state_[2], qrs_high_state_, qrs_low_state_;
  int gathered_ = 0;
  double sum_ = 0;
  bool begun_ = false;
};

}  // namespace ecg::dsp
