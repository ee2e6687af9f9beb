#include "gateway/main/device.h"

#include "gateway/acquire/simulator_source.h"

namespace ecg::gateway {
namespace {

Result<Device> parse_replay(const std::string& rest) {
  Replay replay;
  const std::size_t question = rest.rfind("?speed=");
  replay.path = rest.substr(0, question);
  if (question != std::string::npos) {
    const std::string speed = rest.substr(question + 7);
    if (speed != "real" && speed != "full") {
      return Error{ErrorCode::kConfigInvalid, "speed=" + speed + " (allowed: real, full)"};
    }
    replay.speed = speed == "full" ? acquire::ReplaySpeed::kFull : acquire::ReplaySpeed::kReal;
  }
  if (replay.path.empty())
    return Error{ErrorCode::kConfigInvalid, "wfdb: needs the path of a file or folder"};
  return Device(replay);
}

}  // namespace

Result<Device> parse_device(const std::string& text) {
  constexpr std::string_view kSimulator = "simulator:", kWfdb = "wfdb:";
  if (text.empty() || text == "none") return Device(NoDevice{});
  if (text.starts_with(kSimulator)) {
    ECG_ASSIGN(auto scenario, simulator::parse_scenario(text.substr(kSimulator.size())));
    return Device(std::move(scenario));
  }
  if (text.starts_with(kWfdb)) return parse_replay(text.substr(kWfdb.size()));
  return Error{ErrorCode::kConfigInvalid,
               text + " (allowed: none, simulator:SCENARIO, wfdb:PATH[?speed=real|full])"};
}

Result<std::unique_ptr<acquire::SampleSource>> open_device(const Device& device, acquire::FileReader reader,
                                                           const Clock& clock) {
  using Source = std::unique_ptr<acquire::SampleSource>;
  if (const auto* scenario = std::get_if<simulator::Scenario>(&device)) {
    return Source(new acquire::SimulatorSource(*scenario, clock));
  }
  if (const auto* replay = std::get_if<Replay>(&device)) {
    ECG_ASSIGN(auto source,
               acquire::ReplaySource::open(replay->path, replay->speed, std::move(reader), clock));
    return Source(std::move(source));
  }
  return Source();
}

}  // namespace ecg::gateway
