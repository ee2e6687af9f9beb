// The simulated electrocardiograph as a source, at real speed.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "gateway/acquire/pacer.h"
#include "gateway/acquire/sample_source.h"
#include "gateway/simulator/simulator.h"

namespace ecg::acquire {

class SimulatorSource final : public SampleSource {
 public:
  SimulatorSource(simulator::Scenario scenario, const Clock& clock);
  ~SimulatorSource() override { SimulatorSource::stop(); }

  void start(SampleSink& sink) override;
  void stop() override { pacer_.stop(); }
  std::string name() const override { return "Simulator"; }
  bool is_simulator() const override { return true; }
  std::string scenario() const override;
  // Takes effect within a tick, as a new connection.
  Result<void> set_scenario(const std::string& text) override;

 private:
  void step(Duration elapsed);
  void connect(Duration elapsed);

  mutable std::mutex mutex_;
  simulator::Scenario scenario_;  // guarded by mutex_
  bool changed_ = true;           // guarded by mutex_
  SampleSink* sink_ = nullptr;    // set by start
  // The pacer's thread only.
  std::optional<simulator::Simulator> simulator_;
  Duration connected_at_{0};
  Pacer pacer_;
};

// What a simulated recording states about itself.
ecg::v1::RecordingFormat simulator_format(const simulator::Simulator& simulator);

}  // namespace ecg::acquire
