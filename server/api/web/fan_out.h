// From committed changes to listening pages.
#pragma once

#include <memory>

#include "common/base/result.h"
#include "server/api/web/event_hub.h"
#include "server/store/event_follower.h"
#include "server/store/store.h"

namespace ecg::web {

// Tells the hub what commits from now on change. Both outlive what is answered. Errors: those of Store::read.
Result<std::unique_ptr<store::EventFollower>> start_fan_out(store::Store& store, EventHub& events);

}  // namespace ecg::web
