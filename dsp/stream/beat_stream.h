// The beats of a stream: brings its frames to the analysis rate, lets the tracker judge, and places R on the
// samples as they came. The final beats are those of qrs_peaks() with QrsStart::kAsStreamed.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dsp/analysis.h"
#include "dsp/detect/qrs_intake.h"
#include "dsp/detect/qrs_place.h"
#include "dsp/detect/qrs_tracker.h"

namespace ecg::dsp {

class BeatStream {
 public:
  // calibrated: per lead, whether frames are microvolts (else LSB). At most 32 leads.
  BeatStream(Hertz sampling_frequency, const std::vector<bool>& calibrated);

  // One frame, a value per lead; off: bit i set = lead i carries no signal. Returns what has become known;
  // valid until the next call. Final beats are ascending.
  std::span<const BeatEvent> push(std::span<const float> frame, std::uint64_t off);

 private:
  void take_block();
  void tell(const QrsBeat& beat);
  const float* signal(std::size_t lead) const { return kept_.data() + lead * capacity_; }

  AnalysisRate rate_;
  std::size_t leads_, capacity_;
  SampleIndex keep_;
  QrsTracker tracker_;
  QrsPlace place_;
  std::vector<QrsIntake> intakes_;
  std::vector<float> kept_;  // the last seconds, lead after lead, from frame first_ on
  SampleIndex first_ = 0, end_ = 0;
  SampleIndex taken_ = 0;  // analysis samples handed to the tracker
  SampleIndex last_final_ = -1;
  std::uint64_t off_ = 0;  // leads that were off since the last block
  std::vector<float> block_, window_;
  std::vector<QrsBeat> found_;
  std::vector<BeatEvent> told_;
};

}  // namespace ecg::dsp
