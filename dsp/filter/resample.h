// From one sampling frequency to another by a polyphase windowed sinc: flat to 0.1 % up to 80 % of half the
// lower of the two, images and aliases from 1.2 times that half on below -60 dB.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "dsp/signal.h"

namespace ecg::dsp {

// Sample by sample; fixed memory after construction. Output sample n lies at the time of input sample
// n * from / to.
class Resampler {
 public:
  // Both between 100 and 2000 Hz; whole tenths of a hertz count.
  Resampler(Hertz from, Hertz to);

  // Input samples that must follow the time of an output sample before it can be given.
  int latency() const { return half_; }
  // Output samples that push() appends at most.
  std::size_t most_per_push() const;
  // Appends the output samples that sample makes known. Before the first sample the signal is continued by
  // its value.
  void push(float sample, std::vector<float>& out);

 private:
  std::size_t up_, down_;
  int half_;                   // taps on either side
  std::vector<float> phases_;  // up_ rows of 2 * half_ taps
  std::vector<float> past_;    // twice the taps, so that the last samples always lie in one piece
  std::size_t at_ = 0, phase_ = 0;
  std::size_t wait_ = 0;  // pushes until the next output sample
  bool begun_ = false;
};

// The whole signal; its last value continues it. ceil(size * to / from) samples.
std::vector<float> resampled(std::span<const float> signal, Hertz from, Hertz to);

}  // namespace ecg::dsp
