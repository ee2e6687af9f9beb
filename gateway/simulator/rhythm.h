// When atria and ventricles are excited: the schedule of a rhythm, without end, from a seed.
#pragma once

#include <cstdint>
#include <vector>

#include "dsp/analysis.h"
#include "gateway/simulator/prng.h"
#include "gateway/simulator/scenario.h"

namespace ecg::simulator {

struct VentricularEvent {
  double r_s = 0;      // time of the R peak
  double cycle_s = 0;  // cycle that sets QT
  double scale = 1;    // beat-to-beat variation of size
  dsp::BeatClass beat_class = dsp::BeatClass::kNormal;
};

struct Excitations {
  std::vector<double> p_s;  // middles of the P waves
  std::vector<VentricularEvent> beats;
};

class HeartRhythm {
 public:
  explicit HeartRhythm(const Scenario& scenario);
  // Appends what happens up to until_s and has not been given before, each list in order of time. P waves of
  // a beat come with the beat, so the last half second before until_s may still gain P waves.
  void advance(double until_s, Excitations& out);

 private:
  void cycle(Excitations& out);
  void sinus_cycle(Excitations& out);
  void ectopic_cycle(Excitations& out);
  void two_to_one_cycle(Excitations& out);
  void wenckebach_cycle(Excitations& out);
  void dissociated(double until_s, Excitations& out);
  void beat(double r_s, dsp::BeatClass beat_class, Excitations& out);
  double varied(double rr_s);

  Rhythm rhythm_;
  double rr_s_;
  double pause_s_;
  Prng prng_;
  double next_r_s_ = 0.4;
  double next_p_s_ = 0.1;
  std::uint64_t count_ = 0;
  int since_ectopic_ = 0;
};

}  // namespace ecg::simulator
