// How a change to a site's settings, or to its operators, reaches the site's gateway.
#pragma once

#include "server/store/store.h"

namespace ecg::store {

// The site's gateway gets its settings again, under a higher revision. Inside the change that makes it
// necessary. Errors: kNotFound, those of the store.
Result<void> settings_changed(Transaction& transaction, const SiteId& site, Timestamp now);

}  // namespace ecg::store
