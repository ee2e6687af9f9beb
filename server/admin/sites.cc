#include "server/admin/sites.h"

#include <optional>
#include <utility>

#include "common/base/limits.h"
#include "server/store/site_change.h"

namespace ecg::admin {
namespace {

Result<void> append(store::Transaction& transaction, store::EventKind kind, const SiteId& site,
                    Timestamp now) {
  store::EventRecord event;
  event.kind = kind;
  event.site = site;
  event.at = now;
  return transaction.append_event(event);
}

Result<void> check(const SiteFacts& site) {
  if (!is_site_id(site.id.value)) {
    return Error{ErrorCode::kInvalidField, "site id: 2 to 32 of a-z, 0-9 and '-', beginning with a letter"};
  }
  if (site.name.empty() || site.name.size() > limits::kNameBytesMax)
    return Error{ErrorCode::kInvalidField, "site name"};
  if (site.phone.size() > limits::kNameBytesMax) return Error{ErrorCode::kInvalidField, "site phone"};
  return {};
}

}  // namespace

Result<identity::NewCode> Sites::add(const SiteFacts& facts) {
  ECG_TRY(check(facts));
  const Timestamp now = clock_.now();
  std::optional<identity::NewCode> code;
  ECG_TRY(store_.write_wait([&](store::Transaction& transaction) -> Result<void> {
    ECG_ASSIGN(auto found, transaction.find_site(facts.id));
    store::SiteRecord site = found ? std::move(*found) : store::SiteRecord{};
    if (!found) {
      site.created_at = now;
      site.machine_text_hidden = true;  // readers draft first; a wrong machine text shown first misleads
    }
    site.id = facts.id;
    site.name = facts.name;
    if (!facts.phone.empty()) site.phone = facts.phone;
    ECG_TRY(transaction.put_site(site));
    ECG_TRY(store::settings_changed(transaction, site.id, now));
    ECG_ASSIGN(code, enrolment_.make_code(transaction, site.id));
    return {};
  }));
  return std::move(*code);
}

Result<void> Sites::revoke_gateway(const GatewayId& id, const std::string& reason) {
  if (reason.empty() || reason.size() > limits::kShortTextBytesMax)
    return Error{ErrorCode::kInvalidField, "reason"};
  const Timestamp now = clock_.now();
  return store_.write_wait([&](store::Transaction& transaction) -> Result<void> {
    ECG_ASSIGN(auto gateway, transaction.find_gateway(id));
    if (!gateway) return Error{ErrorCode::kNotFound, "gateway " + id.value};
    if (gateway->revoked_at) return {};
    gateway->revoked_at = now;
    gateway->revoke_reason = reason;
    ECG_TRY(transaction.put_gateway(*gateway));
    return append(transaction, store::EventKind::kSiteChanged, gateway->site, now);
  });
}

}  // namespace ecg::admin
