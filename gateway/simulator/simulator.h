// A 12-lead electrocardiograph that does not exist, with known truth: the same samples from the same scenario
// on every run, however they are fetched, for as long as anyone asks.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "dsp/analysis.h"
#include "dsp/signal.h"
#include "gateway/simulator/scenario.h"

namespace ecg::simulator {

// Frames as a device would deliver them, with the truth that a device does not know.
struct Block {
  dsp::SampleIndex begin = 0;  // index of the first frame
  std::size_t frames = 0;
  std::vector<std::int32_t> samples;  // frame after frame, leads in the order of Simulator::leads()
  std::uint32_t lead_off = 0;         // bit i: lead i has no contact in the whole block
  std::vector<dsp::Beat> beats;       // true beats whose R peak lies in the block
};

class Simulator {
 public:
  // Values of the scenario outside the ranges that scenario.h states are moved to the nearest allowed one.
  explicit Simulator(Scenario scenario);
  ~Simulator();
  Simulator(Simulator&&) noexcept;
  Simulator& operator=(Simulator&&) noexcept;

  const Scenario& scenario() const;
  // Order and sensitivity of the leads in each frame; baseline 0 LSB. III, aVR, aVL and aVF, where stored,
  // are exact in LSB: III = II - I; the others are rounded halves.
  const std::vector<dsp::StreamLead>& leads() const;
  dsp::SampleIndex position() const;  // frames delivered so far

  // The next 1..max_frames frames; fewer than asked only where the lead-off state changes. Requires
  // max_frames > 0.
  Block next(std::size_t max_frames);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The rhythm code of dsp::RhythmInterval that a perfect reader would give the scenario.
std::string_view true_rhythm_code(const Scenario& scenario);

// seconds of the scenario from its beginning as a Recording, lead-off windows as gaps. truth, if given,
// receives the true beats.
dsp::Recording record(const Scenario& scenario, double seconds, std::vector<dsp::Beat>* truth = nullptr);

}  // namespace ecg::simulator
