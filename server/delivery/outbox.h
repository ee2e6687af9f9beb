// From events to deliveries: what must reach a clinic is written down before it is sent.
#pragma once

#include "server/delivery/messages.h"
#include "server/store/store.h"

namespace ecg::delivery {

inline constexpr char kStage[] = "delivery";  // position in the outbox

// Whether an event can lead to a delivery at all.
bool concerns_delivery(const store::EventRecord& event);

// Makes the deliveries that follow from the event. Their ids follow from the event too, so a repeat makes
// none. A report that the clinic got before its PDF was there becomes pending again.
Result<void> make_deliveries(store::Transaction& transaction, const CenterFacts& center,
                             const store::EventRecord& event, Timestamp now);

// A delivery of the site's settings when they differ from what was delivered last.
Result<void> make_settings_delivery(store::Transaction& transaction, const CenterFacts& center,
                                    const SiteId& site, Timestamp now);

}  // namespace ecg::delivery
