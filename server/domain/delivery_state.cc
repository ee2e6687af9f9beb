#include "server/domain/delivery_state.h"

#include "server/domain/named.h"

namespace ecg::domain {
namespace {

constexpr Named<DeliveryState> kTable[] = {
    {DeliveryState::kPending, "PENDING", "to be delivered", "待回传"},
    {DeliveryState::kDelivered, "DELIVERED", "delivered", "已回传"},
    {DeliveryState::kAcknowledged, "ACKNOWLEDGED", "acknowledged", "已签收"},
};
static_assert(in_order(kTable));

}  // namespace

std::string_view name(DeliveryState state) {
  return row(kTable, state).name;
}
std::optional<DeliveryState> parse_delivery_state(std::string_view text) {
  return find_named(kTable, text);
}
std::string_view text(DeliveryState state, Language language) {
  return words(kTable, state, language);
}

Result<Delivery> apply(const Delivery& delivery, DeliveryEvent event, const PersonId& person, Timestamp now) {
  Delivery next = delivery;
  if (event == DeliveryEvent::kOpenedByPerson) {
    if (person.empty()) return Error{ErrorCode::kInvalidField, "acknowledgement without a named person"};
    if (delivery.state == DeliveryState::kAcknowledged) return next;
    next.state = DeliveryState::kAcknowledged;
    next.acknowledged_at = now;
    next.acknowledged_by = person;
  } else if (delivery.state == DeliveryState::kPending) {
    next.state = DeliveryState::kDelivered;
  }
  if (!next.delivered_at) next.delivered_at = now;
  return next;
}

bool delivery_is_late(const Delivery& delivery, Timestamp now) {
  return delivery.state == DeliveryState::kPending && now >= delivery.pending_since + kDeliveryAlarmAfter;
}

}  // namespace ecg::domain
