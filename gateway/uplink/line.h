// How the line to the center stands, as the exchange with it shows.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "ecg/v1/clinic.pb.h"

#include "common/base/clock.h"
#include "common/base/error.h"

namespace ecg::uplink {

struct LineStatus {
  ecg::v1::LineState state = ecg::v1::LINE_STATE_DOWN;
  Timestamp since;
  std::uint32_t error_code = 0;  // catalogue number of the last failure
  std::int64_t clock_offset_ms = 0;
  std::uint32_t clock_uncertainty_ms = 0;  // 0 = never measured
  std::uint32_t round_trip_ms = 0;
};

// Any thread.
class Line {
 public:
  explicit Line(const Clock& clock) : clock_(clock) { status_.since = clock.now(); }

  LineStatus status() const;
  void set(ecg::v1::LineState state, std::optional<Error> failed = std::nullopt);
  // One exchange of times as in NTP: sent and received by the gateway's clock, center by the center's. The
  // best of the last eight (shortest round trip) counts.
  void note_exchange(Timestamp sent, Timestamp received, Timestamp center);
  // Called after every change of state, on the thread that changed it.
  void on_change(std::function<void(ecg::v1::LineState)> callback);

 private:
  struct Measured {
    std::int64_t offset_us = 0;
    std::int64_t round_trip_us = 0;
  };
  const Clock& clock_;
  mutable std::mutex mutex_;
  LineStatus status_;               // guarded by mutex_
  std::vector<Measured> measured_;  // guarded by mutex_; newest last
  std::vector<std::function<void(ecg::v1::LineState)>> callbacks_;
};

}  // namespace ecg::uplink
