#include "gateway/acquire/simulator_source.h"

#include "common/wire/convert.h"

namespace ecg::acquire {
namespace {
constexpr std::chrono::milliseconds kTick{40};  // 25 messages a second for the preview
constexpr std::chrono::seconds kCatchUpMax{2};  // a longer stall is a break in the connection, not a backlog
}  // namespace

ecg::v1::RecordingFormat simulator_format(const simulator::Simulator& simulator) {
  ecg::v1::RecordingFormat format;
  format.set_sampling_hz(simulator.scenario().sampling_hz);
  for (const dsp::StreamLead& lead : simulator.leads()) {
    ecg::v1::LeadFormat* out = format.add_leads();
    out->set_lead(wire::lead_code(lead.id));
    out->set_label(std::string(dsp::lead_name(lead.id)));
    out->set_uv_per_lsb(lead.uv_per_lsb);
    out->set_baseline(lead.baseline);
  }
  format.mutable_device()->set_manufacturer("ECG network");
  format.mutable_device()->set_model("Simulator");
  format.set_source_format("simulator");
  return format;
}

SimulatorSource::SimulatorSource(simulator::Scenario scenario, const Clock& clock)
    : scenario_(std::move(scenario)), pacer_(clock, kTick) {}

void SimulatorSource::start(SampleSink& sink) {
  sink_ = &sink;
  pacer_.start([this](Duration elapsed) { step(elapsed); });
}

std::string SimulatorSource::scenario() const {
  const std::lock_guard lock(mutex_);
  return simulator::describe(scenario_);
}

Result<void> SimulatorSource::set_scenario(const std::string& text) {
  auto scenario = simulator::parse_scenario(text);
  if (!scenario.ok())
    return Error{ErrorCode::kInvalidField, scenario.error().subject, scenario.error().detail};
  const std::lock_guard lock(mutex_);
  scenario_ = std::move(scenario).value();
  changed_ = true;
  return {};
}

void SimulatorSource::connect(Duration elapsed) {
  std::optional<simulator::Scenario> next;
  {
    const std::lock_guard lock(mutex_);
    if (!changed_) return;
    changed_ = false;
    next = scenario_;
  }
  simulator_.emplace(*next);
  connected_at_ = elapsed;
  sink_->on_connected(simulator_format(*simulator_));
}

void SimulatorSource::step(Duration elapsed) {
  connect(elapsed);
  const double hz = simulator_->scenario().sampling_hz;
  const auto due = [&] {
    return static_cast<dsp::SampleIndex>(std::chrono::duration<double>(elapsed - connected_at_).count() * hz);
  };
  if (due() - simulator_->position() > static_cast<dsp::SampleIndex>(hz * kCatchUpMax.count())) {
    sink_->on_disconnected();
    connected_at_ = elapsed - std::chrono::duration_cast<Duration>(std::chrono::duration<double>(
                                  static_cast<double>(simulator_->position()) / hz));
    sink_->on_connected(simulator_format(*simulator_));
  }
  while (simulator_->position() < due()) {
    simulator::Block block = simulator_->next(static_cast<std::size_t>(due() - simulator_->position()));
    sink_->on_frames({static_cast<std::uint64_t>(block.begin), std::move(block.samples), block.lead_off});
  }
}

}  // namespace ecg::acquire
