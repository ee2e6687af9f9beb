// P waves as a train of like waves at a nearly steady distance, whether a QRS follows them or not.
#pragma once

#include <span>
#include <vector>

#include "dsp/rhythm/atrial_signal.h"

namespace ecg::dsp {

struct PTrain {
  double cycle_s = 0;        // usual distance; 0: no train
  double gain = 0;           // of the search; the more and the plainer the waves, the higher
  std::vector<double> at_s;  // middles of the waves, those hidden in QRS inferred
  std::vector<float> like;   // of each: correlation with the mean of the others, -2: hidden
  int unexplained = 0;       // waves of at least two thirds the usual size that are not in the train
};

// Cycles of 0.36 to 1.4 s that may vary by a tenth from one to the next. leads: without QRS-T, of one rate.
PTrain find_p_train(std::span<const AtrialLead> leads, std::span<const int> r_peaks);

}  // namespace ecg::dsp
