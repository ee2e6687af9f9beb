// The configured device as a source of samples.
#pragma once

#include <memory>
#include <string>
#include <variant>

#include "gateway/acquire/replay_source.h"
#include "gateway/acquire/sample_source.h"
#include "gateway/simulator/scenario.h"

namespace ecg::gateway {

struct NoDevice {};
struct Replay {
  std::string path;
  acquire::ReplaySpeed speed = acquire::ReplaySpeed::kReal;
};
using Device = std::variant<NoDevice, simulator::Scenario, Replay>;

// "none", "simulator:SCENARIO" (scenario.h), "wfdb:PATH", "wfdb:PATH?speed=real|full".
// Errors: kConfigInvalid, naming what is allowed.
Result<Device> parse_device(const std::string& text);

// nullptr for NoDevice. Errors: those of ReplaySource::open.
Result<std::unique_ptr<acquire::SampleSource>> open_device(const Device& device, acquire::FileReader reader,
                                                           const Clock& clock);

}  // namespace ecg::gateway
