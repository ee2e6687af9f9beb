// Every lead is brought to one rate before beats are looked for, so that all widths, levels and learned
// limits of the detector hold for every device.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "dsp/signal.h"

namespace ecg::dsp {

// 150 Hz keeps everything a QRS has below 60 Hz; a mean over three samples cancels 50 Hz mains exactly.
inline constexpr double kAnalysisHz = 150;

constexpr int analysis_samples(double ms) {
  return static_cast<int>(ms * kAnalysisHz / 1000 + 0.5);
}

// Where analysis sample k lies: the mean of the signal over [k, k + 1) analysis samples, so its middle is the
// recording's frame (k + 0.5) * step - 0.5, with step = sampling frequency / kAnalysisHz.
class AnalysisRate {
 public:
  explicit AnalysisRate(Hertz sampling_frequency)
      : step_(sampling_frequency.value / kAnalysisHz), share_(static_cast<float>(1 / step_)) {}
  double frame_of(double analysis_sample) const { return (analysis_sample + 0.5) * step_ - 0.5; }
  // Frames that must be there before analysis samples [0, count) can be computed.
  SampleIndex frames_for(SampleIndex count) const {
    return static_cast<SampleIndex>(static_cast<double>(count) * step_) + 1;
  }
  // Analysis sample `at` from frames[0] = frame `first` of the recording. Requires the frames that
  // [at, at + 1) touches, that is those up to frames_for(at + 1) - 1.
  float value(const float* frames, SampleIndex first, SampleIndex at) const {
    const double begin = static_cast<double>(at) * step_, end = begin + step_;
    const auto from = static_cast<SampleIndex>(begin), to = static_cast<SampleIndex>(end);
    const float* x = frames + (from - first);
    const auto of_first = static_cast<float>(static_cast<double>(from + 1) - begin);
    const auto of_last = static_cast<float>(end - static_cast<double>(to));
    if (from == to) return x[0];
    float sum = x[0] * of_first;
    const SampleIndex whole = to - from;
    for (SampleIndex i = 1; i < whole; ++i) sum += x[i];
    return (sum + x[whole] * of_last) * share_;
  }

 private:
  double step_;
  float share_;
};

}  // namespace ecg::dsp
