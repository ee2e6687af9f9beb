// The signals the QRS detector is trained on: recordings with marked beats as they are, one lead and both,
// played faster and slower, with weakened QRS (so that P and T stand out), and with noise.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dsp/signal.h"
#include "tests/accuracy/data/library.h"

namespace ecg::accuracy {

struct QrsTraining {
  std::string patient;
  double hz = 0;
  std::vector<std::vector<float>> leads;  // microvolts
  std::vector<dsp::SampleIndex> beats;    // marked, ascending
  std::vector<dsp::Interval> without;     // where nobody marked beats
  float weight = 1;
  bool noisy = false;
};

// Every signal of patients that are not held out, one after another (they do not fit into memory together).
void for_each_qrs_training(Library& data, const std::function<bool(std::string_view)>& held_out,
                           const std::function<void(const QrsTraining&)>& use);

}  // namespace ecg::accuracy
