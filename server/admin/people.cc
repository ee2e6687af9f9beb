#include "server/admin/people.h"

#include <utility>

#include "server/identity/policy.h"
#include "server/store/site_change.h"

namespace ecg::admin {
namespace {

Result<store::PersonRecord> existing(const store::Snapshot& snapshot, const PersonId& id) {
  ECG_ASSIGN(auto person, snapshot.find_person(id));
  if (!person) return Error{ErrorCode::kNotFound, "person " + id.value};
  return std::move(*person);
}

Result<void> tell_gateway(store::Transaction& transaction, const store::PersonRecord& person, Timestamp now) {
  if (person.site.empty()) return {};
  return store::settings_changed(transaction, person.site, now);
}

}  // namespace

Result<std::vector<store::PersonRecord>> People::list() const {
  std::vector<store::PersonRecord> people;
  ECG_TRY(store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(people, snapshot.people());
    return {};
  }));
  return people;
}

Result<store::PersonRecord> People::add(const NewPerson& person) {
  const bool is_operator = (person.roles & identity::kClinicOperator) != 0;
  if (person.roles == 0 || (person.roles & ~identity::kAllRoles) != 0)
    return Error{ErrorCode::kInvalidField, "roles"};
  if (is_operator == person.site.empty()) {
    return Error{ErrorCode::kInvalidField, "site_id: a clinic operator has one, others have none"};
  }
  if (is_operator && person.roles != identity::kClinicOperator) {
    return Error{ErrorCode::kInvalidField, "roles: a clinic operator has no other role"};
  }
  ECG_ASSIGN(const auto record,
             sign_in_.make_person(PersonId{random_id(random_)}, person.user_name, person.display_name,
                                  person.roles, person.site, person.password));
  const Timestamp now = clock_.now();
  ECG_TRY(store_.write_wait([&](store::Transaction& transaction) -> Result<void> {
    if (is_operator) {
      ECG_ASSIGN(const auto site, transaction.find_site(person.site));
      if (!site) return Error{ErrorCode::kNotFound, "site " + person.site.value};
    }
    ECG_TRY(transaction.put_person(record));
    return tell_gateway(transaction, record, now);
  }));
  return record;
}

Result<void> People::set_password(const PersonId& id, const std::string& password) {
  return sign_in_.set_password(id, password);
}

Result<void> People::set_disabled(const PersonId& id, bool disabled) {
  const Timestamp now = clock_.now();
  return store_.write_wait([&](store::Transaction& transaction) -> Result<void> {
    ECG_ASSIGN(auto person, existing(transaction, id));
    person.disabled = disabled;
    ECG_TRY(transaction.put_person(person));
    ECG_TRY(transaction.erase_sessions_of(id));
    return tell_gateway(transaction, person, now);
  });
}

}  // namespace ecg::admin
