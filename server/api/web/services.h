// The services of the contract that people use, as handlers of a net::Registry. They turn messages into calls
// of a stage and answers back; who may call what is decided before they run (guard.h).
#pragma once

#include <atomic>
#include <filesystem>
#include <string>

#include "common/base/clock.h"
#include "common/net/rpc.h"
#include "server/admin/people.h"
#include "server/admin/sites.h"
#include "server/api/web/event_hub.h"
#include "server/identity/enrolment.h"
#include "server/identity/sessions.h"
#include "server/identity/sign_in.h"
#include "server/reading/desk.h"
#include "server/store/store.h"

namespace ecg::web {

// All outlive the registry's server.
struct Parts {
  store::Store& store;
  const Clock& clock;
  reading::Desk& desk;
  EventHub& events;
  identity::Sessions& sessions;
  identity::SignIn& sign_in;
  admin::People& people;
  admin::Sites& sites;
  std::string center_name;
  std::filesystem::path state;
};

void add_sign_in_service(net::Registry& registry, const Parts& parts);
void add_worklist_service(net::Registry& registry, const Parts& parts);
void add_reading_service(net::Registry& registry, const Parts& parts);
void add_administration_service(net::Registry& registry, const Parts& parts);
void add_event_service(net::Registry& registry, const Parts& parts);

// For the enrolment listener, which serves nothing else. While enrolment is null, calls are answered
// kShuttingDown: its addresses are known only when all listeners stand.
void add_enrolment_service(net::Registry& registry, const std::atomic<identity::Enrolment*>& enrolment);

}  // namespace ecg::web
