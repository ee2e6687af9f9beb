// The fused QRS feature of a stream: as in detect.cc, but each lead's usual slope follows the last seconds.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dsp/detect/qrs_decider.h"
#include "dsp/detect/qrs_feature.h"

namespace ecg::dsp {

class LiveDetector {
 public:
  LiveDetector(Hertz sampling_frequency, std::vector<bool> calibrated);

  // weights: per lead, as of the last quality check. Appends decisions; positions are frames pushed. Nothing
  // is decided during the first two seconds; their beats follow at once thereafter.
  void push(std::span<const float> frame, std::span<const double> weights, std::vector<QrsDecision>& out);

 private:
  float fuse(std::span<const float> slopes, std::span<const double> weights);
  void end_second();
  void begin_deciding(std::span<const double> weights, std::vector<QrsDecision>& out);
  float least_peak(std::span<const double> weights) const;

  Hertz fs_;
  std::vector<bool> calibrated_;
  std::vector<QrsSlope> slopes_;
  std::vector<float> current_;            // slopes of this frame
  std::vector<float> highest_;            // per lead, in this second
  std::vector<std::vector<float>> past_;  // per lead, highest slope of the last seconds
  std::vector<double> usual_;
  std::vector<float> waiting_;  // slopes of the first two seconds, frame after frame
  SampleIndex second_, frames_ = 0;
  TrailingMean mean_;
  std::optional<QrsDecider> decider_;
};

}  // namespace ecg::dsp
