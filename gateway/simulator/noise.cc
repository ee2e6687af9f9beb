#include "gateway/simulator/noise.h"

#include <cmath>
#include <numbers>

namespace ecg::simulator {
namespace {

constexpr double kTurn = 2 * std::numbers::pi;
constexpr double kBreathHz = 0.23;
constexpr double kAmplifierUv = 1.5;

// Streams of the scenario's seed; the rhythm uses the numbers below 100.
constexpr std::uint64_t kNoiseStream = 100, kDriftStream = 101, kWanderStream = 110, kAtrialStream = 130,
                        kVentricularStream = 140;

using Weights = std::array<LeadVector, 3>;
constexpr Weights kVentricularWeights = {{{230, 300, 120, 240, 260, 220, 180, 150},
                                          {-120, 180, 260, 300, 60, -160, -220, -180},
                                          {60, -90, -160, 80, 240, 200, 60, -40}}};
constexpr Weights kAtrialWeights = {
    {{12, 22, 45, 24, 14, 8, 8, 8}, {-8, 18, 24, 10, 4, 4, 4, 4}, {4, 10, -14, 8, 6, 4, 2, 2}}};

}  // namespace

Resonator::Resonator(double center_hz, double bandwidth_hz, double sampling_hz, std::uint64_t seed,
                     std::uint64_t stream)
    : prng_(seed, stream),
      cos_(std::cos(kTurn * center_hz / sampling_hz)),
      sin_(std::sin(kTurn * center_hz / sampling_hz)),
      decay_(std::exp(-std::numbers::pi * bandwidth_hz / sampling_hz)),
      drive_(std::sqrt(1 - decay_ * decay_)),
      re_(prng_.normal()),
      im_(prng_.normal()) {}

double Resonator::next() {
  const double re = decay_ * (re_ * cos_ - im_ * sin_) + drive_ * prng_.normal();
  im_ = decay_ * (re_ * sin_ + im_ * cos_) + drive_ * prng_.normal();
  re_ = re;
  return re_;
}

ElectrodeNoise::ElectrodeNoise(const Noise& noise, double sampling_hz, std::uint64_t seed)
    : noise_(noise),
      sampling_hz_(sampling_hz),
      prng_(seed, kNoiseStream),
      mains_drift_(0.02, 0.02, sampling_hz, seed, kDriftStream) {
  for (std::uint64_t electrode = 0; electrode < kElectrodes; ++electrode) {
    wander_.emplace_back(0.12, 0.1, sampling_hz, seed, kWanderStream + electrode);
    breath_phase_[electrode] = prng_.uniform();
    mains_gain_[electrode] = 0.4 + 0.6 * prng_.uniform();
    mains_phase_[electrode] = prng_.uniform();
  }
}

void ElectrodeNoise::add_next(ElectrodeVector& potentials) {
  breath_turns_ += kBreathHz / sampling_hz_;
  mains_turns_ += (noise_.mains_hz + 0.03 * mains_drift_.next()) / sampling_hz_;
  // A lead is the difference of two electrodes, so each carries 1/sqrt(2) of what the lead shall show.
  const double muscle = std::hypot(noise_.muscle_uv, kAmplifierUv) / std::numbers::sqrt2;
  for (std::size_t e = 0; e < potentials.size(); ++e) {
    potentials[e] += muscle * prng_.normal();
    potentials[e] += noise_.baseline_uv *
                     (0.35 * std::sin(kTurn * (breath_turns_ + breath_phase_[e])) + 0.22 * wander_[e].next());
    potentials[e] +=
        noise_.mains_uv * mains_gain_[e] * 0.8 * std::sin(kTurn * (mains_turns_ + mains_phase_[e]));
  }
}

Fibrillation::Fibrillation(Chamber chamber, double sampling_hz, std::uint64_t seed)
    : chamber_(chamber),
      sources_(chamber == Chamber::kVentricles
                   ? std::array<Resonator, 3>{Resonator(4.3, 0.8, sampling_hz, seed, kVentricularStream),
                                              Resonator(5.2, 0.9, sampling_hz, seed, kVentricularStream + 1),
                                              Resonator(6.0, 1.0, sampling_hz, seed, kVentricularStream + 2)}
                   : std::array<Resonator, 3>{Resonator(5.6, 0.8, sampling_hz, seed, kAtrialStream),
                                              Resonator(6.8, 1.0, sampling_hz, seed, kAtrialStream + 1),
                                              Resonator(7.9, 1.2, sampling_hz, seed, kAtrialStream + 2)}) {}

void Fibrillation::add_next(LeadVector& sum) {
  const Weights& weights = chamber_ == Chamber::kVentricles ? kVentricularWeights : kAtrialWeights;
  for (std::size_t source = 0; source < sources_.size(); ++source) {
    const double level = sources_[source].next();
    for (std::size_t lead = 0; lead < sum.size(); ++lead) sum[lead] += level * weights[source][lead];
  }
}

void add_flutter(double turns, LeadVector& sum) {
  constexpr LeadVector kDepth = {-10, -170, 80, 50, 20, -10, -20, -20};
  const double phase = turns - std::floor(turns);
  // A slow fall and a quick return, without a corner.
  const double wave =
      std::sin(kTurn * phase) + 0.45 * std::sin(2 * kTurn * phase) + 0.15 * std::sin(3 * kTurn * phase);
  for (std::size_t lead = 0; lead < sum.size(); ++lead) sum[lead] += kDepth[lead] * wave;
}

}  // namespace ecg::simulator
