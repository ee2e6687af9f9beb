// Who calls, whether they may, and what is written down about it.
#pragma once

#include "common/base/clock.h"
#include "common/base/metrics.h"
#include "common/net/rpc.h"
#include "server/identity/sessions.h"
#include "server/store/store.h"

namespace ecg::web {

// The name under which acts over the Unix socket are recorded.
inline constexpr char kLocalCaller[] = "local";

// Finds the caller by session, or takes the Unix socket for the machine's administrator, and asks the policy
// table. Errors: kNotSignedIn, kNotAllowed, those of the store.
net::Guard make_guard(identity::Sessions& sessions);

// Records every call that reads or changes something of a patient, a person or the network in the audit
// chain, and counts and times all of them. Of callers not known, only failed sign-ins and enrolments are
// recorded; other refusals are counted in ecg_calls_refused_total.
net::Observer make_observer(store::Store& store, const Clock& clock, Metrics& metrics);

}  // namespace ecg::web
