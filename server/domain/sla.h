// Service levels: how soon a study of each class must be signed, counted from received_at on the server's
// clock. Figures are design defaults for a site's medical lead to set, not medical advice.
#pragma once

#include <array>
#include <chrono>

#include "common/base/clock.h"
#include "server/domain/priority.h"

namespace ecg::domain {

// All from received_at. Service hours are the caller's: a calendar is not known here.
struct ServiceLevel {
  Duration first_target;  // first signature wanted by then; orders the worklist
  Duration first_hard;    // first signature late from then on: a breach
  Duration final_hard;    // final signature late from then on, where a second level signs
};

using ServiceLevels = std::array<ServiceLevel, kPriorityCount>;  // by Priority

inline constexpr ServiceLevels kDefaultServiceLevels = {{
    {std::chrono::minutes{3}, std::chrono::minutes{10}, std::chrono::minutes{30}},
    {std::chrono::minutes{15}, std::chrono::minutes{15}, std::chrono::minutes{60}},
    {std::chrono::minutes{30}, std::chrono::minutes{30}, std::chrono::hours{2}},
    {std::chrono::hours{24}, std::chrono::hours{24}, std::chrono::hours{48}},
}};

constexpr const ServiceLevel& service_level(const ServiceLevels& levels, Priority priority) {
  return levels[static_cast<std::size_t>(priority)];
}

}  // namespace ecg::domain
