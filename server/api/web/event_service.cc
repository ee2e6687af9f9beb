#include <string>

#include "common/net/tls.h"
#include "server/api/web/services.h"
#include "server/identity/policy.h"

namespace ecg::web {
namespace {

// Listening is no activity: it must not keep a session alive.
Result<void> session_lives(const Parts& parts, const std::string& token) {
  return parts.store.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(const auto session, snapshot.find_session(net::sha256(token)));
    if (!session || session->expires_at <= parts.clock.now()) return Error{ErrorCode::kNotSignedIn, ""};
    ECG_ASSIGN(const auto person, snapshot.find_person(session->person));
    if (!person || person->disabled) return Error{ErrorCode::kNotSignedIn, ""};
    return {};
  });
}

}  // namespace

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
          return token.empty() ? Result<void>{} : session_lives(parts, token);  // empty: the Unix socket
        };
        return parts.events.subscribe(std::move(subscriber));
      });
}

}  // namespace ecg::web
