// People prove who they are: name and password become a session.
#pragma once

#include <string>

#include "common/base/password.h"
#include "common/base/try_throttle.h"
#include "server/identity/sessions.h"

namespace ecg::identity {

struct SignedIn {
  store::PersonRecord person;
  OpenedSession session;
};

// Any thread; blocks on the store and on the hash.
class SignIn {
 public:
  SignIn(store::Store& store, Sessions& sessions, PasswordHasher& hasher, TryThrottle& throttle,
         const Clock& clock)
      : store_(store), sessions_(sessions), hasher_(hasher), throttle_(throttle), clock_(clock) {}

  // Errors: kSignInRefused (the same for a wrong name, a wrong password and a disabled account),
  // kTooManyTries, kOverloaded.
  Result<SignedIn> sign_in(const std::string& user_name, const std::string& password,
                           const std::string& address);
  // Ends all sessions of the person; a clinic operator's gateway gets the new hash. Errors: kSignInRefused
  // (old password), kTooManyTries, kInvalidField (rules).
  Result<void> change_password(const PersonId& person, const std::string& old_password,
                               const std::string& new_password, const std::string& address);
  // By an administrator; otherwise as change_password. Errors: kNotFound, kInvalidField.
  Result<void> set_password(const PersonId& person, const std::string& new_password);
  // Makes the record of a new person with the id given; not yet stored. Errors: kInvalidField.
  Result<store::PersonRecord> make_person(const PersonId& id, const std::string& user_name,
                                          const std::string& display_name, std::uint32_t roles,
                                          const SiteId& site, const std::string& password);

 private:
  Result<bool> proven(const std::optional<store::PersonRecord>& person, const std::string& account,
                      const std::string& password, const std::string& address);
  Result<void> store_password(store::PersonRecord person, const std::string& new_password);

  store::Store& store_;
  Sessions& sessions_;
  PasswordHasher& hasher_;
  TryThrottle& throttle_;
  const Clock& clock_;
};

}  // namespace ecg::identity
