#include "dsp/detect/detect.h"

#include <algorithm>
#include <cmath>
#include <deque>

#include "dsp/detect/qrs_intake.h"
#include "dsp/detect/qrs_place.h"

namespace ecg::dsp {
namespace {

constexpr float kLeastSum = 1200, kLeastSumLsb = 100;
constexpr double kLearnS = 10;
constexpr float kLearnLogOdds = 1;
constexpr std::size_t kMostLeads = 32;

bool all_plain(std::span<const float> samples) {
  int wild = 0;
  for (const float x : samples) wild |= std::abs(x) <= QrsIntake::kMost ? 0 : 1;
  return wild == 0;
}

// Leads as the intake of a stream would make them, at the recording's rate.
class Heard {
 public:
  Heard(std::span<const QrsLead> leads, Hertz sampling_frequency)
      : from_(leads.begin(), leads.begin() + static_cast<std::ptrdiff_t>(std::min(leads.size(), kMostLeads))),
        rate_(sampling_frequency) {
    for (const QrsLead& lead : from_) {
      if (lead.missing.empty() && all_plain(lead.samples)) {
        signals_.push_back(lead.samples.data());
        continue;
      }
      QrsIntake intake;
      std::vector<float> x(lead.samples.size());
      for (std::size_t i = 0; i < x.size(); ++i)
        x[i] = intake.take(lead.samples[i], !lead.missing.empty() && lead.missing[i] != 0);
      repaired_.push_back(std::move(x));
      signals_.push_back(repaired_.back().data());
    }
  }

  std::size_t leads() const { return signals_.size(); }
  const float* signal(std::size_t lead) const { return signals_[lead]; }
  SampleIndex frames() const { return static_cast<SampleIndex>(from_.front().samples.size()); }
  std::vector<float> least_sums() const {
    std::vector<float> least;
    for (const QrsLead& lead : from_) least.push_back(least_qrs_sum(lead.calibrated));
    return least;
  }

  // Hands the first `frames` frames to the tracker; sink(beats) after each block that made some known.
  template <class Sink>
  void feed(SampleIndex frames, QrsTracker& tracker, const Sink& sink) const {
    std::vector<float> block(leads() * kQrsBlock);
    std::vector<QrsBeat> beats;
    SampleIndex taken = 0;
    for (SampleIndex at = 0; rate_.frames_for(at + kQrsBlock) <= frames; at += kQrsBlock) {
      for (std::size_t lead = 0; lead < leads(); ++lead) {
        float* to = block.data() + lead * kQrsBlock;
        for (int i = 0; i < kQrsBlock; ++i) to[i] = rate_.value(signals_[lead], 0, at + i);
      }
      const SampleIndex next = rate_.frames_for(at + kQrsBlock);
      tracker.push(block, off(taken, next), beats);
      taken = next;
      if (beats.empty()) continue;
      sink(beats);
      beats.clear();
    }
  }

 private:
  std::uint64_t off(SampleIndex begin, SampleIndex end) const {
    std::uint64_t bits = 0;
    for (std::size_t lead = 0; lead < from_.size(); ++lead) {
      const auto& missing = from_[lead].missing;
      if (missing.empty()) continue;
      const auto first = missing.begin() + begin, last = missing.begin() + end;
      if (std::find(first, last, std::uint8_t{1}) != last) bits |= std::uint64_t{1} << lead;
    }
    return bits;
  }

  std::vector<QrsLead> from_;
  AnalysisRate rate_;
  std::deque<std::vector<float>> repaired_;
  std::vector<const float*> signals_;
};

}  // namespace

float least_qrs_sum(bool calibrated) {
  return calibrated ? kLeastSum : kLeastSumLsb;
}

QrsModels qrs_models(const Models& models) {
  return {models.qrs_early, models.qrs_late};
}

std::vector<SampleIndex> qrs_peaks(std::span<const QrsLead> leads, Hertz sampling_frequency,
                                   const QrsModels& models, QrsStart start,
                                   std::vector<QrsExample>* examples) {
  if (leads.empty() || !(sampling_frequency.value > 0)) return {};
  const Heard heard(leads, sampling_frequency);
  QrsTracker tracker(heard.least_sums(), models);
  if (start == QrsStart::kLearned) {
    const auto first = static_cast<SampleIndex>(kLearnS * sampling_frequency.value);
    // Only from beats that are hardly in doubt: a shape learnt wrongly would keep itself alive.
    QrsModels strict = models;
    strict.limit += kLearnLogOdds;
    QrsTracker learner(heard.least_sums(), strict);
    heard.feed(std::min(heard.frames(), first), learner, [](const std::vector<QrsBeat>&) {});
    tracker.learn_from(learner);
  }
  tracker.record(examples);
  const AnalysisRate rate(sampling_frequency);
  QrsPlace place(sampling_frequency);
  std::vector<SampleIndex> peaks;
  std::vector<float> window;
  const auto put = [&](const std::vector<QrsBeat>& beats) {
    for (const QrsBeat& beat : beats) {
      if (beat.provisional) continue;
      const double frame = rate.frame_of(beat.at);
      const Interval range = place.wanted(frame, heard.frames());
      if (range.begin >= range.end) continue;
      window.clear();
      for (std::size_t lead = 0; lead < heard.leads(); ++lead) {
        window.insert(window.end(), heard.signal(lead) + range.begin, heard.signal(lead) + range.end);
      }
      const SampleIndex r = place.find(beat, frame, range, window, tracker.shape_weights());
      if (peaks.empty() || r > peaks.back()) peaks.push_back(r);
    }
  };
  heard.feed(heard.frames(), tracker, put);
  std::vector<QrsBeat> open;
  tracker.finish(open);
  put(open);
  return peaks;
}

std::vector<SampleIndex> qrs_peaks(std::span<const float> microvolts, Hertz sampling_frequency) {
  const QrsLead lead{microvolts, {}, true};
  return qrs_peaks({&lead, 1}, sampling_frequency, qrs_models(built_in_models()));
}

std::vector<SampleIndex> detect_qrs(std::span<const Channel> channels, Hertz sampling_frequency,
                                    const Models& models) {
  const auto has = [channels](LeadId id) {
    return std::ranges::find(channels, id, &Channel::id) != channels.end();
  };
  const bool limb = has(LeadId::kI) && has(LeadId::kII);
  std::vector<QrsLead> leads;
  for (const Channel& channel : channels) {
    const bool augmented = channel.id == LeadId::kIII || channel.id == LeadId::kAVR ||
                           channel.id == LeadId::kAVL || channel.id == LeadId::kAVF;
    if (limb && augmented) continue;
    leads.push_back({channel.raw, channel.missing, channel.calibrated});
  }
  return qrs_peaks(leads, sampling_frequency, qrs_models(models));
}

}  // namespace ecg::dsp
