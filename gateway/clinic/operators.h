// Operators of this clinic: sign-in and sessions, without a line to the center.
#pragma once

#include <optional>
#include <string>

#include "common/base/ids.h"
#include "common/base/password.h"
#include "common/base/random.h"
#include "common/base/try_throttle.h"
#include "gateway/spool/spool.h"

namespace ecg::clinic {

struct SignedIn {
  std::string operator_id;
  std::string display_name;
  std::string token;  // only in the answer of sign_in
};

// Any thread.
class Operators {
 public:
  Operators(spool::Spool& spool, Random& random);

  // address: of whoever asks. Errors: kSignInRefused (the same for an unknown name), kTooManyTries after five
  // failures of a name from an address, with retry_after_ms; the wait doubles with every further failure, up
  // to a minute. kOverloaded.
  Result<SignedIn> sign_in(const std::string& user_name, const std::string& password,
                           const std::string& address);
  // The operator of a live session; empty when there is none, or the operator is no longer of this clinic. A
  // session lives 12 h, and ends after 1 h unused.
  Result<std::optional<SignedIn>> find(const std::string& token);
  // Whether find would answer somebody. It counts as use: an open page is a nurse's station, which must go on
  // hearing critical results; it ends with the 12 h, the operator, or the password.
  Result<bool> alive(const std::string& token);
  Result<void> sign_out(const std::string& token);

 private:
  spool::Spool& spool_;
  Random& random_;
  PasswordHasher hasher_;
  TryThrottle throttle_;
};

}  // namespace ecg::clinic
