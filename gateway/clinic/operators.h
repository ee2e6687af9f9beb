// Operators of this clinic: sign-in and sessions, without a line to the center.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "common/base/ids.h"
#include "common/base/random.h"
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
  Operators(spool::Spool& spool, Random& random) : spool_(spool), random_(random) {}

  // Errors: kSignInRefused (the same for an unknown name), kTooManyTries after five failures of a name, with
  // retry_after_ms; the wait doubles with every further failure, up to a minute.
  Result<SignedIn> sign_in(const std::string& user_name, const std::string& password);
  // The operator of a live session; empty when there is none, or the operator is no longer of this clinic. A
  // session lives 12 h, and ends after 1 h unused.
  Result<std::optional<SignedIn>> find(const std::string& token);
  Result<void> sign_out(const std::string& token);

 private:
  struct Failures {
    int count = 0;
    Duration open_at{0};  // steady; no try before
  };
  spool::Spool& spool_;
  Random& random_;
  std::mutex mutex_;
  std::map<std::string, Failures> failures_;  // guarded by mutex_; by user name, bounded
};

}  // namespace ecg::clinic
