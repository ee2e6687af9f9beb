// The network's state as metrics, for /metrics: what the administrator's page shows, without patients or
// studies.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "common/base/clock.h"
#include "common/base/metrics.h"
#include "common/base/result.h"
#include "server/store/store.h"

namespace ecg::server {

// Not thread-safe: one thread refreshes.
class Gauges {
 public:
  Gauges(Metrics& metrics, const store::Store& store, const Clock& clock, std::filesystem::path state)
      : metrics_(metrics), store_(store), clock_(clock), state_(std::move(state)) {}
  // Reads the store and sets every gauge. Errors: those of the store; the gauges keep their values.
  Result<void> refresh();

 private:
  Metrics& metrics_;
  const store::Store& store_;
  const Clock& clock_;
  const std::filesystem::path state_;
};

}  // namespace ecg::server
