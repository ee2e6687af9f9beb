// The streaming twin: frame by frame, so that block borders cannot matter.
#include <algorithm>
#include <cmath>

#include "dsp/analysis.h"
#include "dsp/filter/baseline.h"
#include "dsp/filter/basic.h"
#include "dsp/filter/channel.h"
#include "dsp/filter/mains.h"
#include "dsp/model/models.h"
#include "dsp/quality/lead_quality.h"
#include "dsp/rhythm/activity.h"
#include "dsp/rhythm/shock_detector.h"
#include "dsp/stream/alarms.h"
#include "dsp/stream/beat_stream.h"
#include "dsp/stream/live_exchange.h"
#include "dsp/stream/live_tachycardia.h"
#include "dsp/stream/ring.h"

namespace ecg::dsp {
namespace {

constexpr double kRingS = 8;
constexpr double kQualityS = 2;
constexpr SampleIndex kExchangeEverySeconds = 4;
constexpr std::size_t kRateBeats = 9;  // eight intervals
constexpr double kRateForgottenS = 6;
constexpr double kTachycardiaS = 6;

double usable_hz(double hz) {
  constexpr double kLeast = 100, kMost = 2000;
  return hz >= kLeast ? std::min(hz, kMost) : kLeast;  // the least for what is no number, too
}

std::vector<StreamLead> with_sensitivities_checked(std::vector<StreamLead> leads) {
  for (StreamLead& lead : leads) {
    if (!is_sensitivity(lead.uv_per_lsb)) lead.uv_per_lsb = 0;
  }
  return leads;
}

}  // namespace

struct StreamAnalyzer::State {
  State(Hertz sampling_frequency, std::vector<StreamLead> stream_leads, Options wanted)
      : fs{usable_hz(sampling_frequency.value)},
        leads(with_sensitivities_checked(std::move(stream_leads))),
        options(wanted),
        second(samples_of_ms(fs, 1000)),
        ring(leads.size(), static_cast<std::size_t>(samples_of_ms(fs, 1000 * kRingS))),
        frame(leads.size(), 0),
        held(leads.size(), 0),
        weights(leads.size(), 1),
        heard(leads_heard()),
        beat_stream(fs, calibrated()),
        heard_frame(heard.size(), 0) {
    for (std::size_t lead = 0; lead < leads.size(); ++lead) {
      if (follows_from_others(lead)) weights[lead] = 0;
    }
    std::vector<LeadId> ids;
    for (const StreamLead& lead : leads) ids.push_back(lead.id);
    watched = shock_leads(ids);
    for (std::size_t lead : watched) shock_signals.emplace_back(fs, leads[lead].uv_per_lsb > 0);
    shock_scores.reserve(watched.size());
  }

  // A lead that is the sum of others must not be heard twice.
  std::vector<std::size_t> leads_heard() const {
    constexpr std::size_t kMost = 32;
    std::vector<std::size_t> out;
    for (std::size_t lead = 0; lead < leads.size() && out.size() < kMost; ++lead)
      if (!follows_from_others(lead)) out.push_back(lead);
    return out;
  }
  std::vector<bool> calibrated() const {
    std::vector<bool> known;
    for (const std::size_t lead : heard) known.push_back(leads[lead].uv_per_lsb > 0);
    return known;
  }

  bool has(LeadId id) const { return std::ranges::find(leads, id, &StreamLead::id) != leads.end(); }
  bool follows_from_others(std::size_t lead) const {
    const LeadId id = leads[lead].id;
    const bool limb = id == LeadId::kIII || id == LeadId::kAVR || id == LeadId::kAVL || id == LeadId::kAVF;
    return limb && has(LeadId::kI) && has(LeadId::kII);
  }

  void push_frame(std::span<const std::int32_t> samples, std::uint32_t lead_off);
  void listen(std::uint32_t lead_off);
  void beat_known(const BeatEvent& beat);
  void end_second();
  void look_for_exchange();
  Channel last_of(std::size_t lead, SampleIndex length) const;
  LiveFacts live_facts() const;
  bool wide_tachycardia(double shock_level) const;
  void emit(StreamEvent event) {
    event.at = ring.end();
    events.push_back(std::move(event));
  }

  Hertz fs;
  std::vector<StreamLead> leads;
  Options options;
  SampleIndex second;
  Ring ring;
  std::vector<float> frame, held;
  std::vector<double> weights;
  std::vector<std::size_t> heard;  // positions of the leads that beats are looked for in
  BeatStream beat_stream;
  std::vector<float> heard_frame;
  std::vector<SampleIndex> beats;  // the last final ones, ascending
  SampleIndex last_decided = -1;
  std::vector<std::size_t> watched;  // leads in which fibrillation is looked for
  std::vector<ShockLead> shock_signals;
  std::vector<ShockLead::Score> shock_scores;
  ShockState shock_state;
  std::optional<Exchange> exchange;  // claimed at the last look
  Alarms alarms;
  std::vector<StreamAlarm> changes;
  std::vector<StreamEvent> events;
};

void StreamAnalyzer::State::push_frame(std::span<const std::int32_t> samples, std::uint32_t lead_off) {
  for (std::size_t lead = 0; lead < leads.size(); ++lead) {
    const double scale = leads[lead].uv_per_lsb > 0 ? leads[lead].uv_per_lsb : 1;
    // A lead that is off stays where it was, so that its return is one step and not a train of them.
    if ((lead_off >> lead & 1U) == 0) {
      held[lead] = static_cast<float>((static_cast<double>(samples[lead]) - leads[lead].baseline) * scale);
    }
    frame[lead] = held[lead];
  }
  ring.push(frame, lead_off);
  for (std::size_t k = 0; k < watched.size(); ++k) {
    shock_signals[k].push(frame[watched[k]], (lead_off >> watched[k] & 1U) != 0);
  }
  listen(lead_off);
  if (ring.end() % second == 0) end_second();
}

void StreamAnalyzer::State::listen(std::uint32_t lead_off) {
  std::uint64_t off = 0;
  for (std::size_t i = 0; i < heard.size(); ++i) {
    heard_frame[i] = frame[heard[i]];
    if ((lead_off >> heard[i] & 1U) != 0) off |= std::uint64_t{1} << i;
  }
  for (const BeatEvent& beat : beat_stream.push(heard_frame, off)) beat_known(beat);
}

void StreamAnalyzer::State::beat_known(const BeatEvent& beat) {
  last_decided = std::max(last_decided, beat.r_peak);
  StreamEvent event;
  event.beat = beat;
  emit(std::move(event));
  if (beat.provisional) return;
  if (beats.size() == kRateBeats) beats.erase(beats.begin());
  beats.push_back(beat.r_peak);
  if (beats.size() < 3) return;
  StreamEvent rate;
  rate.rate = RateEvent{60 * fs.value * static_cast<double>(beats.size() - 1) /
                        static_cast<double>(std::max<SampleIndex>(1, beats.back() - beats.front()))};
  emit(std::move(rate));
}

Channel StreamAnalyzer::State::last_of(std::size_t lead, SampleIndex length) const {
  Channel channel;
  channel.lead = static_cast<int>(lead);
  channel.id = leads[lead].id;
  channel.calibrated = leads[lead].uv_per_lsb > 0;
  const SampleIndex begin = std::max(ring.begin(), ring.end() - length);
  bool any_off = false;
  for (SampleIndex i = begin; i < ring.end(); ++i) {
    channel.raw.push_back(ring.value(lead, i));
    channel.missing.push_back(ring.off(lead, i) ? 1 : 0);
    any_off = any_off || ring.off(lead, i);
  }
  if (!any_off) channel.missing.clear();
  channel.clean = channel.raw;
  const FastNoise noise = remove_mains(channel.clean, fs, options.mains_hz);
  channel.mains_uv = noise.mains;
  channel.muscle_uv = noise.muscle;
  return channel;
}

// Over the seconds the ring holds, so that one strange beat decides nothing.
void StreamAnalyzer::State::look_for_exchange() {
  std::vector<Channel> channels;
  for (std::size_t lead = 0; lead < leads.size(); ++lead)
    channels.push_back(last_of(lead, ring.end() - ring.begin()));
  std::vector<SampleIndex> inside;
  for (SampleIndex beat : beats) {
    if (beat >= ring.begin()) inside.push_back(beat - ring.begin());
  }
  const auto found = exchange_in_window(std::move(channels), inside, fs, options.mains_hz);
  exchange.reset();
  if (found && found->claimed) exchange = found->exchange;
}

void StreamAnalyzer::State::end_second() {
  if (ring.end() / second % kExchangeEverySeconds == 0) look_for_exchange();
  StreamEvent event;
  event.quality.emplace();
  for (std::size_t lead = 0; lead < leads.size(); ++lead) {
    const Channel channel = last_of(lead, static_cast<SampleIndex>(kQualityS * static_cast<double>(second)));
    LeadQuality quality = assess_lead(channel, fs);
    weights[lead] = follows_from_others(lead) ? 0 : weight_of(quality.grade);
    if (exchange && concerns(*exchange, leads[lead].id)) {
      quality.reasons.push_back(QualityReason::kLeadReversal);
      quality.grade = std::max(quality.grade, QualityGrade::kDegraded);
    }
    event.quality->leads.push_back(std::move(quality));
  }
  emit(std::move(event));
  changes.clear();
  shock_scores.clear();
  for (const ShockLead& lead : shock_signals) {
    if (const auto score = lead.score(built_in_models().shockable)) shock_scores.push_back(*score);
  }
  LiveFacts facts = live_facts();
  facts.shock = shock_state.second(shock_scores);
  facts.wide_tachycardia = wide_tachycardia(static_cast<double>(facts.shock.level));
  alarms.update(facts, changes);
  for (StreamAlarm& change : changes) {
    StreamEvent alarm;
    alarm.alarm = std::move(change);
    emit(std::move(alarm));
  }
}

LiveFacts StreamAnalyzer::State::live_facts() const {
  LiveFacts facts;
  const auto window = static_cast<SampleIndex>(kActivityWindowS * static_cast<double>(second));
  if (ring.end() < window) return facts;
  std::vector<std::vector<float>> signals;
  for (std::size_t lead = 0; lead < leads.size(); ++lead) {
    if (weights[lead] <= 0 || leads[lead].uv_per_lsb <= 0) continue;
    Channel channel = last_of(lead, window);
    // A lead that came back a moment ago would show its step.
    if (!channel.missing.empty()) continue;
    remove_baseline_zero_phase(channel.clean, fs);
    signals.push_back(std::move(channel.clean));
  }
  const std::vector<std::span<const float>> views(signals.begin(), signals.end());
  const Activity activity = activity_of(views, fs);
  facts.usable = activity.known;
  facts.silent = activity.silent;
  facts.since_beat_s = static_cast<double>(ring.end() - std::max<SampleIndex>(0, last_decided)) / fs.value;
  if (beats.size() >= 4 && facts.since_beat_s < kRateForgottenS) {
    facts.rate_bpm = 60 * fs.value * static_cast<double>(beats.size() - 1) /
                     static_cast<double>(std::max<SampleIndex>(1, beats.back() - beats.front()));
  }
  return facts;
}

bool StreamAnalyzer::State::wide_tachycardia(double shock_level) const {
  const auto window = static_cast<SampleIndex>(kTachycardiaS * static_cast<double>(second));
  const SampleIndex begin = std::max(ring.begin(), ring.end() - window);
  std::vector<SampleIndex> r_peaks;
  for (SampleIndex r : beats) {
    if (r >= begin) r_peaks.push_back(r - begin);
  }
  if (!is_steady_tachycardia(r_peaks, fs)) return false;
  std::vector<Channel> channels;
  for (std::size_t lead : watched) {
    if (weights[lead] <= 0) continue;
    Channel channel = last_of(lead, window);
    if (!channel.missing.empty()) continue;
    remove_baseline_zero_phase(channel.clean, fs);
    channels.push_back(std::move(channel));
  }
  return is_wide_tachycardia(channels, r_peaks, shock_level, fs);
}

StreamAnalyzer::StreamAnalyzer(Hertz sampling_frequency, std::vector<StreamLead> leads, Options options)
    : state_(std::make_unique<State>(sampling_frequency, std::move(leads), options)) {}
StreamAnalyzer::~StreamAnalyzer() = default;
StreamAnalyzer::StreamAnalyzer(StreamAnalyzer&&) noexcept = default;
StreamAnalyzer& StreamAnalyzer::operator=(StreamAnalyzer&&) noexcept = default;

std::span<const StreamEvent> StreamAnalyzer::push(std::span<const std::int32_t> frames,
                                                  std::uint32_t lead_off) {
  State& state = *state_;
  state.events.clear();
  const std::size_t width = state.leads.size();
  if (width == 0) return {};
  for (std::size_t at = 0; at + width <= frames.size(); at += width) {
    state.push_frame(frames.subspan(at, width), lead_off);
  }
  return state.events;
}

}  // namespace ecg::dsp
