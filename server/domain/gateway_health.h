// What the center says about a gateway, from its last heartbeat.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/error.h"

namespace ecg::domain {

enum class GatewayHealth : std::uint8_t {
  kUnknown,  // never seen
  kOnline,
  kDegraded,  // heard in time, but with a backlog, a wrong clock or a weak line
  kLate,      // no heartbeat for kLateAfter
  kOffline,   // no heartbeat for kOfflineAfter
};

inline constexpr Duration kHeartbeatEvery = std::chrono::seconds{15};
inline constexpr Duration kLateAfter = std::chrono::seconds{45};
inline constexpr Duration kOfflineAfter = std::chrono::seconds{120};
inline constexpr Duration kClockOffsetMax = std::chrono::seconds{2};  // beyond it, either way, is DEGRADED
inline constexpr int kBacklogStudies = 10;                        // unsent studies from which it is a backlog
inline constexpr Duration kBacklogAge = std::chrono::minutes{5};  // or the oldest waits this long

struct GatewayReport {
  std::optional<Timestamp> last_heartbeat;  // server clock; empty: never seen
  int unsent_studies = 0;
  Duration oldest_unsent{0};  // how long the oldest has waited, at the last heartbeat
  Duration clock_offset{0};   // gateway minus server
  bool weak_line = false;
};

GatewayHealth gateway_health(const GatewayReport& report, Timestamp now);

std::string_view name(GatewayHealth health);  // "ONLINE"
std::string_view text(GatewayHealth health, Language language);

}  // namespace ecg::domain
