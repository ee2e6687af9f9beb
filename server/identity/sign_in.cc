#include "server/identity/sign_in.h"

#include <optional>
#include <utility>

#include "common/base/limits.h"
#include "server/identity/policy.h"
#include "server/store/site_change.h"

namespace ecg::identity {
namespace {

Error refused() {
  return Error{ErrorCode::kSignInRefused, ""};
}

PasswordKind kind_for(std::uint32_t roles) {
  return roles == kClinicOperator ? PasswordKind::kPin : PasswordKind::kPassword;
}

bool valid_user_name(std::string_view name) {
  return name.size() >= 2 && name.size() <= 64 &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-_") == std::string_view::npos;
}

}  // namespace

Result<bool> SignIn::proven(const std::optional<store::PersonRecord>& person, const std::string& account,
                            const std::string& password, const std::string& address) {
  const bool usable = person && !person->disabled;
  ECG_ASSIGN(const bool right, hasher_.verify(usable ? person->password_hash : std::string(), password));
  if (right)
    throttle_.succeeded(account, address);
  else
    throttle_.failed(account, address);
  return right;
}

Result<SignedIn> SignIn::sign_in(const std::string& user_name, const std::string& password,
                                 const std::string& address) {
  const bool possible =
      user_name.size() <= limits::kNameBytesMax && password.size() <= limits::kShortTextBytesMax * 2;
  ECG_TRY(throttle_.admit(possible ? user_name : std::string(), address));
  if (!possible) return refused();
  std::optional<store::PersonRecord> person;
  ECG_TRY(store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(person, snapshot.find_person_by_user_name(user_name));
    return {};
  }));
  ECG_ASSIGN(const bool right, proven(person, user_name, password, address));
  if (!right) return refused();
  ECG_ASSIGN(auto session, sessions_.open(*person, address));
  return SignedIn{std::move(*person), std::move(session)};
}

Result<void> SignIn::store_password(store::PersonRecord person, const std::string& new_password) {
  ECG_TRY(check_password(new_password, person.user_name, kind_for(person.roles)));
  ECG_ASSIGN(auto hash, hasher_.hash(new_password));
  return store_.write_wait([&, now = clock_.now()](store::Transaction& transaction) -> Result<void> {
    ECG_ASSIGN(auto current, transaction.find_person(person.id));
    if (!current) return Error{ErrorCode::kNotFound, person.id.value};
    current->password_hash = hash;
    current->password_changed_at = now;
    ECG_TRY(transaction.put_person(*current));
    if (!current->site.empty()) ECG_TRY(store::settings_changed(transaction, current->site, now));
    return transaction.erase_sessions_of(person.id);
  });
}

Result<void> SignIn::change_password(const PersonId& id, const std::string& old_password,
                                     const std::string& new_password, const std::string& address) {
  ECG_TRY(throttle_.admit(id.value, address));
  std::optional<store::PersonRecord> person;
  ECG_TRY(store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(person, snapshot.find_person(id));
    return {};
  }));
  ECG_ASSIGN(const bool right, proven(person, id.value, old_password, address));
  if (!right) return refused();
  return store_password(std::move(*person), new_password);
}

Result<void> SignIn::set_password(const PersonId& id, const std::string& new_password) {
  std::optional<store::PersonRecord> person;
  ECG_TRY(store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(person, snapshot.find_person(id));
    return {};
  }));
  if (!person) return Error{ErrorCode::kNotFound, id.value};
  return store_password(std::move(*person), new_password);
}

Result<store::PersonRecord> SignIn::make_person(const PersonId& id, const std::string& user_name,
                                                const std::string& display_name, std::uint32_t roles,
                                                const SiteId& site, const std::string& password) {
  if (!valid_user_name(user_name))
    return Error{ErrorCode::kInvalidField, "user_name (2 to 64 of a-z 0-9 . - _)"};
  if (display_name.empty() || display_name.size() > limits::kNameBytesMax)
    return Error{ErrorCode::kInvalidField, "display_name (1 to 128 bytes)"};
  if (roles == 0 || (roles & ~kAllRoles) != 0) return Error{ErrorCode::kInvalidField, "roles"};
  if (((roles & kClinicOperator) != 0) == site.empty())
    return Error{ErrorCode::kInvalidField, "site_id (of a clinic operator, and of nobody else)"};
  ECG_TRY(check_password(password, user_name, kind_for(roles)));
  store::PersonRecord person;
  person.id = id;
  person.user_name = user_name;
  person.display_name = display_name;
  person.roles = roles;
  person.site = site;
  ECG_ASSIGN(person.password_hash, hasher_.hash(password));
  person.created_at = person.password_changed_at = clock_.now();
  return person;
}

}  // namespace ecg::identity
