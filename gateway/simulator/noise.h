// What reaches each electrode besides the heart (wander, muscle, mains, amplifier noise), and the disordered
// activity of fibrillating chambers.
#pragma once

#include <array>

#include "gateway/simulator/prng.h"
#include "gateway/simulator/scenario.h"
#include "gateway/simulator/shapes.h"

namespace ecg::simulator {

// A randomly excited oscillator: unit RMS around one frequency, the narrower the steadier.
class Resonator {
 public:
  Resonator(double center_hz, double bandwidth_hz, double sampling_hz, std::uint64_t seed,
            std::uint64_t stream);
  double next();

 private:
  Prng prng_;
  double cos_, sin_, decay_, drive_;
  double re_, im_;
};

using ElectrodeVector = std::array<double, kElectrodes>;  // microvolts, in the order of Electrode

class ElectrodeNoise {
 public:
  ElectrodeNoise(const Noise& noise, double sampling_hz, std::uint64_t seed);
  // Adds the noise of the next sample.
  void add_next(ElectrodeVector& potentials);

 private:
  Noise noise_;
  double sampling_hz_;
  Prng prng_;
  Resonator mains_drift_;
  std::vector<Resonator> wander_;
  ElectrodeVector breath_phase_, mains_gain_, mains_phase_;
  double breath_turns_ = 0, mains_turns_ = 0;
};

// Three independent oscillators seen by the leads with different weights.
class Fibrillation {
 public:
  enum class Chamber : std::uint8_t { kAtria, kVentricles };
  Fibrillation(Chamber chamber, double sampling_hz, std::uint64_t seed);
  void add_next(LeadVector& sum);

 private:
  Chamber chamber_;
  std::array<Resonator, 3> sources_;
};

// The saw-tooth of typical flutter, negative in the inferior leads. turns: atrial cycles since the beginning.
void add_flutter(double turns, LeadVector& sum);

}  // namespace ecg::simulator
