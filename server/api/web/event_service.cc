#include <string>

#include "server/api/web/services.h"
#include "server/identity/policy.h"

namespace ecg::web {
void add_event_service(net::Registry& registry, const Parts& parts) {
  registry.server_stream<v1::SubscribeRequest>(
      "ecg.v1.EventService/Subscribe",
      [&parts](net::CallContext& context, const v1::SubscribeRequest& request,
               std::shared_ptr<net::Stream> stream) {
        EventHub::Subscriber subscriber;
        subscriber.stream = std::move(stream);
        subscriber.site_id = context.caller.site_id;
        subscriber.sites = request.sites() && (context.caller.roles & identity::kAdministrator) != 0;
        subscriber.still_allowed = [&parts, token = context.session_token]() -> Result<void> {
          if (token.empty()) return {};  // the Unix socket
          // Listening is no activity: it must not keep a session alive.
          ECG_TRY(parts.sessions.peek(token));
          return {};
        };
        return parts.events.subscribe(std::move(subscriber));
      });
}

}  // namespace ecg::web
