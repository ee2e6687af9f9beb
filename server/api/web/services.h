// The services of the contract that people use, as handlers of a net::Registry. They turn messages into calls
// of a stage and answers back; who may call what is decided before they run.
#pragma once

#include <filesystem>
#include <string>

#include "common/base/clock.h"
#include "common/net/rpc.h"
#include "server/api/web/event_hub.h"
#include "server/reading/desk.h"
#include "server/store/store.h"

namespace ecg::web {

// All outlive the registry's server.
struct Parts {
  store::Store& store;
  const Clock& clock;
  reading::Desk& desk;
  EventHub& events;
};

void add_worklist_service(net::Registry& registry, const Parts& parts);
void add_reading_service(net::Registry& registry, const Parts& parts);

}  // namespace ecg::web
