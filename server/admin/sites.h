// Clinics and their gateways, as an administrator adds and ends them.
#pragma once

#include <string>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "server/identity/enrolment.h"
#include "server/store/store.h"

namespace ecg::admin {

struct SiteFacts {
  SiteId id;
  std::string name, phone;
};

// All functions wait for the commit. Any thread but the store's.
class Sites {
 public:
  Sites(store::Store& store, identity::Enrolment& enrolment, const Clock& clock)
      : store_(store), enrolment_(enrolment), clock_(clock) {}

  // Makes the site, or takes over name and phone of one that exists, and answers a new enrolment code;
  // earlier ones end. Errors: kInvalidField (id, name).
  Result<identity::NewCode> add(const SiteFacts& site);
  // The gateway's certificate is refused from now on. A repeat succeeds. Errors: kNotFound, kInvalidField (no
  // reason).
  Result<void> revoke_gateway(const GatewayId& gateway, const std::string& reason);

 private:
  store::Store& store_;
  identity::Enrolment& enrolment_;
  const Clock& clock_;
};

}  // namespace ecg::admin
