// The people of the network and their accounts. Clinic operators are known to their site's gateway too, so a
// change to one makes the gateway get its settings again.
#pragma once

#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/random.h"
#include "common/base/result.h"
#include "server/identity/sign_in.h"
#include "server/store/store.h"

namespace ecg::admin {

// All functions wait for the commit. Any thread but the store's.
class People {
 public:
  People(store::Store& store, identity::SignIn& sign_in, const Clock& clock, Random& random)
      : store_(store), sign_in_(sign_in), clock_(clock), random_(random) {}

  Result<std::vector<store::PersonRecord>> list() const;

  struct NewPerson {
    std::string user_name, display_name;
    std::uint32_t roles = 0;
    SiteId site;  // required for a clinic operator; others have none
    std::string password;
  };
  // Errors: kInvalidField (names, roles, password rules), kNotFound (no such site), kAlreadyDone (the user
  // name is taken).
  Result<store::PersonRecord> add(const NewPerson& person);
  // Ends the person's sessions. Errors: kNotFound, kInvalidField.
  Result<void> set_password(const PersonId& person, const std::string& password);
  // Ends the person's sessions. Errors: kNotFound.
  Result<void> set_disabled(const PersonId& person, bool disabled);

 private:
  store::Store& store_;
  identity::SignIn& sign_in_;
  const Clock& clock_;
  Random& random_;
};

}  // namespace ecg::admin
