#include "gateway/capture/bedside_check.h"

#include <algorithm>

#include "common/wire/convert.h"
#include "gateway/capture/electrodes.h"

namespace ecg::capture {

BedsideCheck::BedsideCheck(const ecg::v1::RecordingFormat& format)
    : sampling_hz_(format.sampling_hz()),
      leads_(wire::stream_leads(format)),
      analyzer_(dsp::Hertz{format.sampling_hz()}, leads_, dsp::Options{}) {
  for (const ecg::v1::LeadFormat& lead : format.leads()) {
    const dsp::LeadId id = wire::lead_id(lead.lead());
    labels_.push_back(id == dsp::LeadId::kOther ? lead.label() : std::string(dsp::lead_name(id)));
  }
}

std::optional<ecg::v1::DeviceQuality> BedsideCheck::push(const acquire::SampleFrames& frames) {
  lead_off_ = frames.lead_off;
  std::optional<ecg::v1::DeviceQuality> latest;
  for (const dsp::StreamEvent& event : analyzer_.push(frames.samples, frames.lead_off)) {
    if (event.rate) rate_bpm_ = event.rate->ventricular_rate_bpm;
    if (event.alarm && event.alarm->ended) alarms_.erase(event.alarm->rule_id);
    if (event.alarm && !event.alarm->ended) alarms_[event.alarm->rule_id] = event.alarm->what;
    if (event.quality) latest = judge(event.quality->leads, event.at);
  }
  return latest;
}

ecg::v1::DeviceQuality BedsideCheck::judge(const std::vector<dsp::LeadQuality>& leads, dsp::SampleIndex at) {
  ecg::v1::DeviceQuality out;
  auto worst = leads.empty() && lead_off_ == 0 ? dsp::QualityGrade::kUnknown : dsp::QualityGrade::kGood;
  for (const dsp::LeadQuality& lead : leads) {
    ecg::v1::LeadQuality* item = out.add_leads();
    item->set_lead(labels_.at(static_cast<std::size_t>(lead.lead)));
    item->set_grade(wire::quality_grade(lead.grade));
    for (const dsp::QualityReason reason : lead.reasons) item->add_reasons(wire::quality_reason(reason));
    if (lead.grade == dsp::QualityGrade::kUnknown || worst == dsp::QualityGrade::kUnknown) {
      worst = dsp::QualityGrade::kUnknown;
    } else {
      worst = std::max(worst, lead.grade);
    }
  }
  if (lead_off_ != 0) worst = dsp::QualityGrade::kPoor;
  out.set_grade(wire::quality_grade(worst));
  for (ecg::v1::Electrode& electrode : judge_electrodes(leads_, leads, lead_off_))
    *out.add_electrodes() = electrode;
  if (rate_bpm_) out.set_rate_bpm(*rate_bpm_);
  for (const auto& alarm : alarms_) out.add_alarms(alarm.second);
  if (worst != dsp::QualityGrade::kGood) good_since_ = -1;
  if (worst == dsp::QualityGrade::kGood && good_since_ < 0) good_since_ = at;
  if (good_since_ >= 0) out.set_good_seconds(static_cast<double>(at - good_since_) / sampling_hz_);
  instruct(out);
  return out;
}

}  // namespace ecg::capture
