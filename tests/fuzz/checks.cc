#include "tests/fuzz/checks.h"

#include <cmath>
#include <set>

namespace ecg::fuzz {
namespace {

class Judge {
 public:
  void require(bool holds, const char* what) {
    if (!holds && fault_.empty()) fault_ = what;
  }
  void number(double value, const char* what) { require(std::isfinite(value), what); }
  void number(const dsp::Measured& measured, const char* what) {
    require(measured.value.has_value() == measured.reason.empty(),
            "a number without a reason for its absence");
    if (measured.value) number(*measured.value, what);
  }
  std::string fault() const { return fault_; }

 private:
  std::string fault_;
};

void check_measurements(const dsp::Analysis& analysis, Judge& judge) {
  const dsp::Measurements& m = analysis.measurements;
  for (const dsp::Measured* value :
       {&m.ventricular_rate_bpm, &m.atrial_rate_bpm, &m.rr_mean_ms, &m.rr_min_ms, &m.rr_max_ms, &m.p_ms,
        &m.pr_ms, &m.qrs_ms, &m.qt_ms, &m.qtc_bazett_ms, &m.qtc_fridericia_ms, &m.qtc_framingham_ms,
        &m.qtc_hodges_ms, &m.p_axis_deg, &m.qrs_axis_deg, &m.t_axis_deg})
    judge.number(*value, "a measurement is no number");
  for (const dsp::LeadMeasurements& lead : analysis.leads)
    for (const dsp::Measured* value : {&lead.st_j_uv, &lead.st_j60_uv, &lead.r_uv, &lead.s_uv})
      judge.number(*value, "a measurement of a lead is no number");
  for (const dsp::Statement& statement : analysis.statements) {
    judge.require(!statement.code.empty(), "a statement without a code");
    for (const dsp::Evidence& evidence : statement.evidence) {
      judge.number(evidence.value, "evidence is no number");
      judge.number(evidence.limit, "a limit of evidence is no number");
    }
  }
}

void check_times(const dsp::Recording& recording, const dsp::Analysis& analysis, Judge& judge) {
  const dsp::SampleIndex frames = recording.frames();
  dsp::SampleIndex last = -1;
  for (const dsp::Beat& beat : analysis.beats) {
    judge.require(beat.r_peak > last, "beats do not ascend");
    judge.require(beat.r_peak < frames, "a beat lies outside the recording");
    last = beat.r_peak;
  }
  last = 0;
  for (const dsp::RhythmInterval& part : analysis.rhythm) {
    judge.require(part.interval.begin >= last, "rhythm intervals overlap or do not ascend");
    judge.require(part.interval.end > part.interval.begin, "an empty rhythm interval");
    judge.require(part.interval.end <= frames, "a rhythm interval lies outside the recording");
    last = part.interval.end;
  }
  for (const dsp::WaveMark& mark : analysis.waves) {
    judge.require(mark.lead >= 0 && mark.lead < std::ssize(recording.leads),
                  "a wave of a lead that is not there");
    last = 0;
    for (const auto& at : {mark.onset, mark.peak, mark.offset}) {
      if (!at) continue;
      judge.require(*at >= last, "onset, peak and offset of a wave do not ascend");
      judge.require(*at < frames, "a wave lies outside the recording");
      last = *at;
    }
  }
}

void check_safety(const dsp::Recording& recording, const dsp::Analysis& analysis, Judge& judge) {
  for (const dsp::LeadQuality& quality : analysis.lead_quality)
    judge.require(quality.lead >= 0 && quality.lead < std::ssize(recording.leads),
                  "quality of a lead that is not there");
  bool unreadable = false;
  for (const dsp::Statement& statement : analysis.statements) unreadable |= statement.code == "UNREADABLE";
  judge.require(!unreadable || analysis.urgency != dsp::Urgency::kNothingCriticalFound,
                "unreadable, and nothing critical found");
  judge.require(analysis.critical.empty() || analysis.urgency >= dsp::Urgency::kMajorPositive,
                "a critical finding without urgency");
}

}  // namespace

std::string fault_of(const dsp::Recording& recording, const dsp::Analysis& analysis) {
  Judge judge;
  check_measurements(analysis, judge);
  check_times(recording, analysis, judge);
  check_safety(recording, analysis, judge);
  return judge.fault();
}

std::string fault_of(dsp::SampleIndex frames, std::size_t leads, std::span<const dsp::StreamEvent> events) {
  Judge judge;
  dsp::SampleIndex last = 0;
  std::set<dsp::SampleIndex> beats;
  for (const dsp::StreamEvent& event : events) {
    judge.require(event.at >= last, "stream events go back in time");
    judge.require(event.at <= frames, "a stream event from the future");
    last = event.at;
    if (event.beat) {
      judge.require(event.beat->r_peak >= 0 && event.beat->r_peak < event.at,
                    "a streamed beat from the future");
      // Looking back may find a beat before one that is already final, but none twice.
      if (!event.beat->provisional)
        judge.require(beats.insert(event.beat->r_peak).second, "a beat is streamed twice");
    }
    if (event.rate) judge.number(event.rate->ventricular_rate_bpm, "a streamed rate is no number");
    if (event.quality)
      judge.require(event.quality->leads.size() == leads, "streamed quality of too few leads");
    if (event.alarm) judge.require(!event.alarm->rule_id.empty(), "an alarm without a rule");
  }
  return judge.fault();
}

}  // namespace ecg::fuzz
