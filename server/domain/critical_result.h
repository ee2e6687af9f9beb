// A result that must reach a named person in time, and how far it has come. One axis of its own beside the
// study.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/ids.h"
#include "common/base/result.h"

namespace ecg::domain {

// In order of urgency, the most urgent first.
enum class CriticalTier : std::uint8_t { kCritical, kMajorPositive };

enum class CriticalState : std::uint8_t {
  kDetected,
  kConfirmed,
  kNotified,
  kAcknowledged,
  kHandled,
  kClosed,
  kRefuted,
};
inline constexpr std::array kCriticalStates = {
    CriticalState::kDetected,     CriticalState::kConfirmed, CriticalState::kNotified,
    CriticalState::kAcknowledged, CriticalState::kHandled,   CriticalState::kClosed,
    CriticalState::kRefuted,
};

enum class CriticalEvent : std::uint8_t {
  kConfirm,               // by a reader
  kConfirmationTimedOut,  // nobody confirmed in time: the clinic is told "machine-suspected, unconfirmed"
  kRefute,                // by a reader; the study's class does not fall because of it
  kNotify,                // a named contact at the clinic was addressed
  kAcknowledge,           // a named person confirms, for CRITICAL with the finding read back
  kHandle,                // the action taken is recorded
  kClose,                 // the record is complete
};
inline constexpr std::array kCriticalEvents = {
    CriticalEvent::kConfirm, CriticalEvent::kConfirmationTimedOut, CriticalEvent::kRefute,
    CriticalEvent::kNotify,  CriticalEvent::kAcknowledge,          CriticalEvent::kHandle,
    CriticalEvent::kClose,
};

std::string_view name(CriticalTier tier);    // "MAJOR_POSITIVE"
std::string_view name(CriticalState state);  // "DETECTED"
std::string_view name(CriticalEvent event);
std::optional<CriticalTier> parse_critical_tier(std::string_view text);
std::optional<CriticalState> parse_critical_state(std::string_view text);
std::string_view text(CriticalTier tier, Language language);
std::string_view text(CriticalState state, Language language);

struct CriticalResult {
  CriticalTier tier = CriticalTier::kCritical;
  CriticalState state = CriticalState::kDetected;
  bool confirmed = false;  // a reader has said so; a notice without it says "machine-suspected, unconfirmed"
  Timestamp detected_at{};
  std::optional<Timestamp> confirmed_at, notified_at, acknowledged_at, handled_at, closed_at;
  friend bool operator==(const CriticalResult&, const CriticalResult&) = default;
};

struct CriticalInput {
  CriticalEvent event = CriticalEvent::kConfirm;
  PersonId actor;     // who acts; empty for time running out and for notices the center sends by itself
  std::string words;  // read-back for kAcknowledge, action taken for kHandle, reason for kRefute
};

// Unconfirmed CRITICAL results are notified after this long without a reader's word.
inline constexpr Duration kConfirmationLimit = std::chrono::minutes{3};
// The clinic is called again this often without acknowledgement, and the next contact is added after
// kNextInChain.
inline constexpr Duration kRealertEvery = std::chrono::minutes{2};
inline constexpr Duration kRealertFor = std::chrono::minutes{20};
inline constexpr Duration kNextInChain = std::chrono::minutes{6};
// The same rule for the same patient within this long belongs to the open event and calls nobody anew.
inline constexpr Duration kSameEventWithin = std::chrono::minutes{30};

// The result after the event; a repeated event gives the result unchanged.
// Errors: kEventRefused (not possible in this state or before its time), kInvalidField (a named person, a
// read-back,
//         an action or a reason is missing).
Result<CriticalResult> apply(const CriticalResult& result, const CriticalInput& input, Timestamp now);

// What the clinic is to be told again at now: how many alerts and how many people of the chain should have
// been reached since notified_at. Zero for results that are not NOTIFIED and for MAJOR_POSITIVE.
struct AlertsDue {
  int alerts = 0;  // including the first
  int people = 0;  // including the first; the caller stops at the end of its chain
  friend bool operator==(const AlertsDue&, const AlertsDue&) = default;
};
AlertsDue alerts_due(const CriticalResult& result, Timestamp now);

}  // namespace ecg::domain
