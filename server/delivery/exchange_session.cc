#include "server/delivery/exchange_session.h"

#include <utility>

#include "server/delivery/delivery.h"

namespace ecg::delivery {

ExchangeSession::ExchangeSession(Delivery& delivery, GatewayId gateway, SiteId site,
                                 std::shared_ptr<ExchangePeer> peer)
    : delivery_(delivery), gateway_(std::move(gateway)), site_(std::move(site)), peer_(std::move(peer)) {}

void ExchangeSession::receive(v1::GatewayMessage message) {
  delivery_.post(
      [self = shared_from_this(), message = std::move(message)] { self->delivery_.handle(self, message); });
}

void ExchangeSession::end() {
  delivery_.post([self = shared_from_this()] { self->delivery_.forget(self); });
}

}  // namespace ecg::delivery
