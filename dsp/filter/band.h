// The band a recording can show, and linear-phase filters that limit it.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "dsp/signal.h"

namespace ecg::dsp {

// Diagnostic band of an electrocardiograph: 0.05 to 150 Hz (AHA/ACC/HRS 2007, IEC 60601-2-25); the sampling
// frequency allows no more than 0.4 of itself.
inline constexpr double kDiagnosticLowHz = 0.05, kDiagnosticHighHz = 150;

struct Band {
  double low_hz = kDiagnosticLowHz, high_hz = kDiagnosticHighHz;
  bool reduced = false;  // the upper edge is below that of the diagnostic band
};
Band diagnostic_band(Hertz sampling_frequency);

// Low-pass with linear phase: a windowed sinc of odd length, so that a wave keeps its form and only comes
// later. Fixed memory; the same result for any block size.
class LinearPhaseLowPass {
 public:
  // -6 dB at cutoff_hz, down by 50 dB from cutoff_hz + width_hz / 2 on. A cutoff that the sampling frequency
  // cannot carry lets everything pass.
  LinearPhaseLowPass(double cutoff_hz, double width_hz, Hertz sampling_frequency);

  // Samples by which the output is behind the input.
  int latency() const { return static_cast<int>(taps_.size() / 2); }
  // The filtered sample of latency() pushes ago. The signal is continued before its first sample by that
  // sample's value.
  float push(float sample);
  // Zero phase; both ends are continued by their last values. Equal to push() except at the end.
  void apply(std::vector<float>& signal) const;

 private:
  std::vector<float> taps_;
  std::vector<float> past_;  // twice the length, so that the last samples always lie in one piece
  std::size_t at_ = 0;
  bool begun_ = false;
};

// The view for noisy tracings: 40 Hz. Waves look smoother than they are; never for measuring.
LinearPhaseLowPass muscle_view(Hertz sampling_frequency);
// The upper edge of the diagnostic band.
LinearPhaseLowPass diagnostic_low_pass(Hertz sampling_frequency);

// The lower edge of the diagnostic band: one pole at 0.05 Hz, without delay. After 3 mV for 100 ms it is off
// by less than 0.1 mV and moves by less than 0.3 mV/s, as IEC 60601-2-25 asks.
class DiagnosticHighPass {
 public:
  explicit DiagnosticHighPass(Hertz sampling_frequency);
  static constexpr int latency() { return 0; }
  float push(float sample);

 private:
  double share_;
  double level_ = 0;
  bool begun_ = false;
};

// For the monitoring view: baseline taken out live with linear phase: two moving averages in a row over 1 s
// are subtracted. Unlike a 0.5 Hz high-pass it bends no ST segment: what a QRS moves lies as much before as
// behind it. Fixed memory.
class LiveBaseline {
 public:
  explicit LiveBaseline(Hertz sampling_frequency);

  // Samples by which the output is behind the input; about one second.
  int latency() const { return width_ - 1; }
  float push(float sample);

 private:
  struct Average {
    std::vector<float> ring;
    std::size_t at = 0;
    double sum = 0;
    double push(float sample);
  };
  int width_;
  Average first_, second_;
  std::vector<float> delayed_;
  std::size_t at_ = 0;
  bool begun_ = false;
};

}  // namespace ecg::dsp
