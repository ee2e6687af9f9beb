#include "server/store/site_change.h"

namespace ecg::store {

Result<void> settings_changed(Transaction& transaction, const SiteId& id, Timestamp now) {
  ECG_ASSIGN(auto site, transaction.find_site(id));
  if (!site) return Error{ErrorCode::kNotFound, "site " + id.value};
  ++site->settings_revision;
  ECG_TRY(transaction.put_site(*site));
  for (const auto kind : {EventKind::kSettingsChanged, EventKind::kSiteChanged}) {
    EventRecord event;
    event.kind = kind;
    event.site = id;
    event.at = now;
    ECG_TRY(transaction.append_event(event));
  }
  return {};
}

}  // namespace ecg::store
