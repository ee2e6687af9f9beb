// Electrodes and rhythm while samples arrive: what the nurse sees before and during a recording. Advisory.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "ecg/v1/clinic.pb.h"
#include "ecg/v1/recording.pb.h"

#include "dsp/analysis.h"
#include "gateway/acquire/sample_source.h"

namespace ecg::capture {

// One thread. A new one for every connection.
class BedsideCheck {
 public:
  explicit BedsideCheck(const ecg::v1::RecordingFormat& format);

  // A judgement about once a second; empty in between.
  std::optional<ecg::v1::DeviceQuality> push(const acquire::SampleFrames& frames);

 private:
  ecg::v1::DeviceQuality judge(const std::vector<dsp::LeadQuality>& leads, dsp::SampleIndex at);

  const double sampling_hz_;
  const std::vector<dsp::StreamLead> leads_;
  std::vector<std::string> labels_;
  dsp::StreamAnalyzer analyzer_;
  std::optional<double> rate_bpm_;
  std::map<std::string, std::string> alarms_;  // statement code by rule
  std::uint32_t lead_off_ = 0;
  dsp::SampleIndex good_since_ = -1;  // -1: not good now
};

}  // namespace ecg::capture
