// Mains interference taken out by synchronous subtraction: its sine is measured in blocks of a tenth of a
// second, blocks that hold a QRS hardly count, and what the blocks around agree on is subtracted everywhere.
// So nothing rings after a QRS; the mains may drift by 0.5 Hz and change its amplitude within half a second.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "dsp/filter/mains_blocks.h"
#include "dsp/signal.h"

namespace ecg::dsp {

// In the unit of the signal.
struct FastNoise {
  double mains = 0;   // mean amplitude (peak) of the mains that was taken out; 0 = it does not stand out
  double muscle = 0;  // RMS of other noise as fast as mains, median over tenths of a second, so without QRS
};

// Subtracts the mains. mains_hz 0, too close to half the sampling frequency, or less than a second of signal:
// nothing is subtracted, muscle is measured all the same.
FastNoise remove_mains(std::vector<float>& signal, Hertz sampling_frequency, double mains_hz);
// The same for many leads of one grid; subtract false: only measures.
FastNoise remove_mains(std::vector<float>& signal, const MainsGrid& grid, bool subtract);
// FastNoise::muscle alone.
double muscle_noise(std::span<const float> signal, const MainsGrid& grid);

// The same, sample by sample and with the same result except at the end of the signal. Fixed memory.
class MainsCanceller {
 public:
  // mains_hz above 0 and resolvable at the sampling frequency, else samples pass unchanged.
  MainsCanceller(Hertz sampling_frequency, double mains_hz);

  // Samples by which the output is behind the input.
  int latency() const;
  // The sample pushed latency() samples ago, without mains; empty for the first latency() samples.
  std::optional<float> push(float sample);

 private:
  void block_complete();
  void subtract_known(SampleIndex number);

  static constexpr std::size_t kKept = MainsGrid::kBehind + MainsGrid::kAhead + 1;

  MainsGrid grid_;
  bool active_;
  std::vector<float> raw_;      // the last samples; raw_[0] is sample first_
  std::vector<float> delayed_;  // the same, mains taken out as far as it is known
  std::size_t held_ = 0;
  SampleIndex first_ = 0, pushed_ = 0, measured_ = 0, estimated_ = 0;
  std::array<MainsBlock, kKept> blocks_{};
  std::size_t known_ = 0;
  Phasor before_, latest_;
};

}  // namespace ecg::dsp
