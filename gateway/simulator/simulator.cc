#include "gateway/simulator/simulator.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include "gateway/simulator/noise.h"
#include "gateway/simulator/rhythm.h"
#include "gateway/simulator/shapes.h"

namespace ecg::simulator {
namespace {

using dsp::LeadId;

constexpr std::array<LeadId, 8> kEight = {LeadId::kI,  LeadId::kII, LeadId::kV1, LeadId::kV2,
                                          LeadId::kV3, LeadId::kV4, LeadId::kV5, LeadId::kV6};
constexpr std::array<LeadId, 12> kTwelve = {LeadId::kI,   LeadId::kII,  LeadId::kIII, LeadId::kAVR,
                                            LeadId::kAVL, LeadId::kAVF, LeadId::kV1,  LeadId::kV2,
                                            LeadId::kV3,  LeadId::kV4,  LeadId::kV5,  LeadId::kV6};
constexpr double kLookAheadS = 1.5;
constexpr std::int32_t kLsbMost = 32767;

enum : std::size_t { kRA = 0, kLA = 1, kLL = 2, kFirstChest = 3 };

// Rounds half away from zero, so that a lead and its negative stay exact negatives.
std::int32_t halved(std::int32_t value) {
  return (value >= 0 ? value + 1 : value - 1) / 2;
}

std::int32_t quantized(double uv, double uv_per_lsb) {
  const double lsb =
      std::clamp(uv / uv_per_lsb, -static_cast<double>(kLsbMost), static_cast<double>(kLsbMost));
  return static_cast<std::int32_t>(std::lround(lsb));
}

Scenario within_limits(Scenario scenario) {
  if (scenario.rate_bpm != 0) scenario.rate_bpm = std::clamp(scenario.rate_bpm, 20.0, 300.0);
  scenario.sampling_hz = std::clamp(scenario.sampling_hz, 250.0, 1000.0);
  scenario.uv_per_lsb = std::clamp(scenario.uv_per_lsb, 0.1, 50.0);
  scenario.pause_s = std::clamp(scenario.pause_s, 1.0, 30.0);
  return scenario;
}

bool needs(LeadId lead, Electrode electrode) {
  if (electrode >= Electrode::kV1) {
    const int chest = static_cast<int>(electrode) - static_cast<int>(Electrode::kV1);
    return lead == static_cast<LeadId>(static_cast<int>(LeadId::kV1) + chest);
  }
  if (lead == LeadId::kI) return electrode != Electrode::kLL;
  if (lead == LeadId::kII) return electrode != Electrode::kLA;
  if (lead == LeadId::kIII) return electrode != Electrode::kRA;
  return true;  // augmented leads and Wilson's terminal use all three
}

}  // namespace

struct Simulator::State {
  explicit State(Scenario wanted)
      : scenario(within_limits(std::move(wanted))),
        rhythm(scenario),
        noise(scenario.noise, scenario.sampling_hz, scenario.seed) {
    const auto add = [this](LeadId id) { leads.push_back({id, scenario.uv_per_lsb, 0}); };
    if (scenario.leads == LeadSet::kEight) {
      for (LeadId id : kEight) add(id);
    } else {
      for (LeadId id : kTwelve) add(id);
    }
    if (scenario.rhythm == Rhythm::kVentricularFibrillation) {
      fibrillation.emplace(Fibrillation::Chamber::kVentricles, scenario.sampling_hz, scenario.seed);
    } else if (scenario.rhythm == Rhythm::kAtrialFibrillation) {
      fibrillation.emplace(Fibrillation::Chamber::kAtria, scenario.sampling_hz, scenario.seed);
    }
  }

  LeadVector heart(double t_s);
  void add_stimuli(double t_s, LeadVector& sum) const;
  void frame(std::vector<std::int32_t>& out);
  std::uint32_t lead_off_at(dsp::SampleIndex frame_index) const;
  void forget_before(double t_s);

  Scenario scenario;
  HeartRhythm rhythm;
  ElectrodeNoise noise;
  std::optional<Fibrillation> fibrillation;
  std::vector<dsp::StreamLead> leads;
  Excitations pending;  // whatever still has an effect, or will
  dsp::SampleIndex position = 0;
};

LeadVector Simulator::State::heart(double t_s) {
  LeadVector sum{};
  for (double p_s : pending.p_s) {
    if (std::abs(t_s - p_s) > kPHalfWidthS) continue;
    for (const Bell& bell : p_shape()) add_bell(bell, t_s - p_s, 1, sum);
  }
  for (const VentricularEvent& beat : pending.beats) {
    const double since_r = t_s - beat.r_s;
    if (since_r < kBeatBeginsS || since_r > kBeatEndsS) continue;
    const bool ventricular = beat.beat_class == dsp::BeatClass::kVentricular;
    add_beat(ventricular ? ventricular_shape() : conducted_shape(scenario.morphology), since_r, beat.cycle_s,
             beat.scale, sum);
  }
  if (scenario.rhythm == Rhythm::kAtrialFlutter) add_flutter(t_s * 5, sum);
  const double breath = 1 + 0.03 * std::sin(2 * std::numbers::pi * 0.23 * t_s);
  for (double& uv : sum) uv *= breath;
  if (fibrillation) fibrillation->add_next(sum);
  if (scenario.pacing != Stimulated::kNothing) add_stimuli(t_s, sum);
  return sum;
}

// Two milliseconds, and one sample at least.
void Simulator::State::add_stimuli(double t_s, LeadVector& sum) const {
  constexpr double kBeforePS = 0.050, kBeforeRS = 0.070;
  constexpr LeadVector kStimulus = {350, 900, -400, -300, 250, 450, 600, 550};
  const double half = std::max(0.001, 0.5 / scenario.sampling_hz);
  const auto at = [t_s, half](double stimulus_s) {
    return t_s - stimulus_s >= -half && t_s - stimulus_s < half;
  };
  bool now = false;
  if (scenario.pacing == Stimulated::kAtria || scenario.pacing == Stimulated::kBoth) {
    for (double p_s : pending.p_s) now = now || at(p_s - kBeforePS);
  }
  if (scenario.pacing == Stimulated::kVentricles || scenario.pacing == Stimulated::kBoth) {
    for (const VentricularEvent& beat : pending.beats) now = now || at(beat.r_s - kBeforeRS);
  }
  if (!now) return;
  for (std::size_t lead = 0; lead < sum.size(); ++lead) sum[lead] += kStimulus[lead];
}

void Simulator::State::frame(std::vector<std::int32_t>& out) {
  const double t_s = static_cast<double>(position) / scenario.sampling_hz;
  const LeadVector uv = heart(t_s);
  // Electrode potentials against the right arm; Wilson's terminal is then the mean of the limb potentials.
  ElectrodeVector potential{};
  potential[kLA] = uv[0];
  potential[kLL] = uv[1];
  for (std::size_t chest = 0; chest < 6; ++chest)
    potential[kFirstChest + chest] = uv[2 + chest] + (uv[0] + uv[1]) / 3;
  if (scenario.swap_ra_la) std::swap(potential[kRA], potential[kLA]);
  noise.add_next(potential);
  const double lsb = scenario.uv_per_lsb;
  const double wilson = (potential[kRA] + potential[kLA] + potential[kLL]) / 3;
  const std::int32_t one = quantized(potential[kLA] - potential[kRA], lsb);
  const std::int32_t two = quantized(potential[kLL] - potential[kRA], lsb);
  out.push_back(one);
  out.push_back(two);
  if (scenario.leads == LeadSet::kTwelve) {
    out.push_back(two - one);
    out.push_back(-halved(one + two));
    out.push_back(halved(2 * one - two));
    out.push_back(halved(2 * two - one));
  }
  for (std::size_t chest = 0; chest < 6; ++chest) {
    out.push_back(quantized(potential[kFirstChest + chest] - wilson, lsb));
  }
}

std::uint32_t Simulator::State::lead_off_at(dsp::SampleIndex frame_index) const {
  const double t_s = static_cast<double>(frame_index) / scenario.sampling_hz;
  std::uint32_t bits = 0;
  for (const ElectrodeOff& off : scenario.off) {
    if (t_s < off.from_s || t_s >= off.to_s) continue;
    for (std::size_t lead = 0; lead < leads.size(); ++lead) {
      if (needs(leads[lead].id, off.electrode)) bits |= 1U << lead;
    }
  }
  return bits;
}

void Simulator::State::forget_before(double t_s) {
  std::erase_if(pending.p_s, [t_s](double p_s) { return p_s + kPHalfWidthS < t_s; });
  std::erase_if(pending.beats, [t_s](const VentricularEvent& beat) { return beat.r_s + kBeatEndsS < t_s; });
}

Simulator::Simulator(Scenario scenario) : state_(std::make_unique<State>(std::move(scenario))) {}
Simulator::~Simulator() = default;
Simulator::Simulator(Simulator&&) noexcept = default;
Simulator& Simulator::operator=(Simulator&&) noexcept = default;

const Scenario& Simulator::scenario() const {
  return state_->scenario;
}
const std::vector<dsp::StreamLead>& Simulator::leads() const {
  return state_->leads;
}
dsp::SampleIndex Simulator::position() const {
  return state_->position;
}

Block Simulator::next(std::size_t max_frames) {
  State& state = *state_;
  Block block;
  block.begin = state.position;
  block.lead_off = state.lead_off_at(state.position);
  block.samples.reserve(max_frames * state.leads.size());
  const double hz = state.scenario.sampling_hz;
  while (block.frames < max_frames && state.lead_off_at(state.position) == block.lead_off) {
    const double t_s = static_cast<double>(state.position) / hz;
    state.rhythm.advance(t_s + kLookAheadS, state.pending);
    const std::size_t first = block.samples.size();
    state.frame(block.samples);
    for (std::size_t lead = 0; lead < state.leads.size(); ++lead) {
      if ((block.lead_off >> lead & 1U) != 0) block.samples[first + lead] = 0;
    }
    for (const VentricularEvent& beat : state.pending.beats) {
      const auto r_peak = static_cast<dsp::SampleIndex>(std::llround(beat.r_s * hz));
      if (r_peak == state.position) block.beats.push_back({r_peak, beat.beat_class});
    }
    state.forget_before(t_s);
    ++state.position;
    ++block.frames;
  }
  return block;
}

std::string_view true_rhythm_code(const Scenario& scenario) {
  const double rate = effective_rate_bpm(scenario);
  switch (scenario.rhythm) {
    case Rhythm::kAtrialFibrillation:
      return "AFIB";
    case Rhythm::kAtrialFlutter:
      return "AFL";
    case Rhythm::kVentricularTachycardia:
      return "VT";
    case Rhythm::kVentricularFibrillation:
      return "VF";
    case Rhythm::kAsystole:
      return "ASYS";
    default:
      return rate < 60 ? "SBRAD" : rate > 100 ? "STACH" : "SR";
  }
}

dsp::Recording record(const Scenario& scenario, double seconds, std::vector<dsp::Beat>* truth) {
  Simulator simulator(scenario);
  const auto total = static_cast<std::size_t>(std::llround(seconds * simulator.scenario().sampling_hz));
  dsp::Recording recording;
  recording.sampling_frequency = {simulator.scenario().sampling_hz};
  for (const dsp::StreamLead& stored : simulator.leads()) {
    dsp::Lead lead;
    lead.id = stored.id;
    lead.label = dsp::lead_name(stored.id);
    lead.uv_per_lsb = stored.uv_per_lsb;
    lead.samples.reserve(total);
    recording.leads.push_back(std::move(lead));
  }
  for (std::size_t done = 0; done < total;) {
    const Block block = simulator.next(total - done);
    done += block.frames;
    for (std::size_t at = 0; at < block.samples.size(); ++at) {
      recording.leads[at % recording.leads.size()].samples.push_back(block.samples[at]);
    }
    for (std::size_t lead = 0; lead < recording.leads.size(); ++lead) {
      if ((block.lead_off >> lead & 1U) == 0) continue;
      auto& gaps = recording.leads[lead].gaps;
      const dsp::Interval off{block.begin, block.begin + static_cast<dsp::SampleIndex>(block.frames)};
      if (!gaps.empty() && gaps.back().end == off.begin) {
        gaps.back().end = off.end;
      } else {
        gaps.push_back(off);
      }
    }
    if (truth != nullptr) truth->insert(truth->end(), block.beats.begin(), block.beats.end());
  }
  return recording;
}

}  // namespace ecg::simulator
