// The timers and ladders of the workflow, as data. One value per site in time; the defaults until then.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>

#include "common/base/clock.h"
#include "server/domain/priority.h"
#include "server/domain/sla.h"

namespace ecg::domain {

enum class SigningPolicy : std::uint8_t {
  kOneLevel,  // a reader's signature is final
  kTwoLevel,  // a first reader signs, another confirms
};

// Who sees a study that waits.
enum class Pool : std::uint8_t { kDuty, kWholeDuty, kExpert };

// What happens to a study that is not signed in time.
enum class Escalation : std::uint8_t {
  kWholePool,   // every duty reader is alerted; only while nobody has opened it
  kExpertPool,  // additionally offered to the expert organisation; the state stays
  kPhoneChain,  // duty reader, second line, centre director
  kBreach,      // the hard limit is written down
};

struct EscalationStep {
  Duration after;  // from received_at
  Escalation escalation;
};

// Steps of one class in the order they fall due. The span is static.
std::span<const EscalationStep> escalation_ladder(Priority priority);

struct Policy {
  ServiceLevels service_levels = kDefaultServiceLevels;
  // A lease of a reader who shows no activity ends after this long, by class.
  std::array<Duration, kPriorityCount> lease = {std::chrono::minutes{2}, std::chrono::minutes{5},
                                                std::chrono::minutes{10}, std::chrono::minutes{10}};
  // An assigned study that is not opened goes back to the queue after this long, by class.
  std::array<Duration, kPriorityCount> assigned = {std::chrono::seconds{60}, std::chrono::minutes{3},
                                                   std::chrono::minutes{10}, std::chrono::minutes{10}};
  Duration takeover_after = std::chrono::minutes{3};     // unsigned STAT, from received_at
  Duration retake_no_answer = std::chrono::minutes{10};  // then it is read as it is
  Duration order_expiry = std::chrono::hours{24};        // an order nobody recorded

  Duration lease_length(Priority p) const { return lease[static_cast<std::size_t>(p)]; }
  Duration assigned_length(Priority p) const { return assigned[static_cast<std::size_t>(p)]; }
};

const Policy& default_policy();

}  // namespace ecg::domain
