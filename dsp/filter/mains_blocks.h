// What the mains filter knows of a tenth of a second, and how it joins its neighbours. The batch and the
// streaming form are both made of this.
#pragma once

#include <span>
#include <vector>

#include "dsp/signal.h"

namespace ecg::dsp {

// Amplitude and phase; std::complex multiplies slowly where infinities must be minded.
struct Phasor {
  double re = 0, im = 0;

  double power() const { return re * re + im * im; }
  Phasor conjugate() const { return {re, -im}; }
  friend Phasor operator+(Phasor a, Phasor b) { return {a.re + b.re, a.im + b.im}; }
  friend Phasor operator-(Phasor a, Phasor b) { return {a.re - b.re, a.im - b.im}; }
  friend Phasor operator*(Phasor a, Phasor b) {
    return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
  }
  friend Phasor operator*(double factor, Phasor a) { return {factor * a.re, factor * a.im}; }
};

struct MainsBlock {
  Phasor phasor;    // of the mains at its nominal frequency, phase counted from sample 0
  double rest = 0;  // mean square of what is as fast and is not mains (QRS, muscle)
};

// The mains at the middle of a block as its neighbours see it together, and how much of it there was before
// it was held against the noise.
struct MainsEstimate {
  Phasor phasor;
  double amplitude = 0;
};

// Geometry for one sampling frequency. Blocks follow each other without a gap from sample margin() on.
class MainsGrid {
 public:
  // mains_hz: 50 or 60; anything not above 0 stands for 50.
  MainsGrid(Hertz sampling_frequency, double mains_hz);

  // False where the sampling frequency cannot carry the mains.
  bool resolvable() const { return resolvable_; }
  int block() const { return block_; }      // samples
  int margin() const { return 2 * half_; }  // samples read on either side of a block
  SampleIndex start(SampleIndex number) const { return margin() + number * block_; }

  // x: the first sample of block number; margin() samples before and behind the block must be readable.
  MainsBlock measure(const float* x, SampleIndex number) const;

  // White noise of this mean square in the signal shows up as rest 1.
  double noise_gain() const;

  // Subtracts the sine from the samples [from, to) counted from the start of block number (they may lie
  // up to a block before it and two behind it): its phasor runs straight from a at the middle of the block
  // before to b at the middle of block number (late = false), or from the middle of block number to that of
  // the next (late = true).
  void subtract(float* x, SampleIndex number, int from, int to, Phasor a, Phasor b, bool late) const;

  // Blocks looked at behind and ahead of the one estimated.
  static constexpr int kBehind = 7, kAhead = 3;
  // around: blocks one after another, at most kBehind before and kAhead behind position at.
  MainsEstimate estimate(std::span<const MainsBlock> around, std::size_t at) const;

 private:
  Phasor turn_to(SampleIndex number) const;

  int block_, half_;
  bool resolvable_;
  double turns_per_sample_, gain_;
  bool whole_periods_;  // in a block
  Phasor first_turn_;
  Phasor turn_most_;                         // of the phase from block to block
  std::vector<float> cosine_, sine_, ramp_;  // over [-block, 3 * block) of a block
};

}  // namespace ecg::dsp
