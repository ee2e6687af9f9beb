// Where P, QRS and T begin and end in a median beat, over all leads together. Indices count samples in the
// beat.
#pragma once

#include <optional>
#include <span>

#include "dsp/beats/median.h"
#include "dsp/signal.h"

namespace ecg::dsp {

struct QrsBounds {
  int onset = 0, offset = 0;
};

struct PWave {
  int onset = 0, peak = 0, offset = 0;
  double size = 0;  // root mean square over the leads at the peak
};

struct TWave {
  int peak = 0, end = 0;
};

struct Delineation {
  QrsBounds qrs;
  std::optional<PWave> p;
  std::optional<TWave> t;
};

// Boundaries by a threshold on the speed at which all leads move; empty when nothing moves.
std::optional<QrsBounds> find_qrs(const MedianBeat& beat, Hertz sampling_frequency);

// rr: usual distance of beats, samples; 0 if unknown. It limits where T may end and P begin.
std::optional<Delineation> delineate(const MedianBeat& beat, double rr, Hertz sampling_frequency);

}  // namespace ecg::dsp
