// How far one report version has come to one recipient.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/ids.h"
#include "common/base/result.h"

namespace ecg::domain {

enum class DeliveryState : std::uint8_t {
  kPending,       // not known to have arrived
  kDelivered,     // stored at the recipient
  kAcknowledged,  // a named person opened it
};
inline constexpr std::array kDeliveryStates = {DeliveryState::kPending, DeliveryState::kDelivered,
                                               DeliveryState::kAcknowledged};

enum class DeliveryEvent : std::uint8_t { kStored, kOpenedByPerson };

std::string_view name(DeliveryState state);  // "PENDING"
std::optional<DeliveryState> parse_delivery_state(std::string_view text);
std::string_view text(DeliveryState state, Language language);

struct Delivery {
  DeliveryState state = DeliveryState::kPending;
  Timestamp pending_since{};
  std::optional<Timestamp> delivered_at, acknowledged_at;
  PersonId acknowledged_by;
  friend bool operator==(const Delivery&, const Delivery&) = default;
};

// Only forward; a repeat changes nothing and the first time and person stay. A person's acknowledgement
// proves delivery too, so it may come first. Errors: kInvalidField when no person is named for
// kOpenedByPerson.
Result<Delivery> apply(const Delivery& delivery, DeliveryEvent event, const PersonId& person, Timestamp now);

inline constexpr Duration kDeliveryAlarmAfter = std::chrono::minutes{5};
// True when the recipient has not got it for kDeliveryAlarmAfter or longer.
bool delivery_is_late(const Delivery& delivery, Timestamp now);

}  // namespace ecg::domain
