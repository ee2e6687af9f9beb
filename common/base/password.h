// Passwords and PINs: rules, Argon2id hashes in encoded form, and verification that costs the same whether or
// not the account exists. The same on the center and, for clinic operators, on the gateway.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "common/base/random.h"
#include "common/base/result.h"

namespace ecg {

enum class PasswordKind : std::uint8_t {
  kPassword,  // 12 to 256 characters, at least 5 different ones, not the user name
  kPin,       // a clinic operator's: as a password, or 6 to 12 digits that are not one digit or a run
};
// Errors: kInvalidField; the subject never holds any of the password.
Result<void> check_password(std::string_view password, std::string_view user_name, PasswordKind kind);

// Any thread. At most two hashes are computed at a time (each takes memory_kib); callers wait their turn.
class PasswordHasher {
 public:
  struct Options {
    std::uint32_t memory_kib = 19 * 1024;
    std::uint32_t passes = 2;
    int at_once = 2;
    int waiting_max = 32;
  };
  PasswordHasher(Options options, Random& random);

  // "$argon2id$v=19$m=19456,t=2,p=1$..." Errors: kOverloaded (more than waiting_max wait).
  Result<std::string> hash(std::string_view password);
  // encoded empty: no such account; takes as long as any other wrong password. Errors: kOverloaded.
  Result<bool> verify(const std::string& encoded, std::string_view password);

 private:
  class Turn;
  const Options options_;
  Random& random_;
  std::string nobody_;  // what is verified against when there is no account
  std::mutex mutex_;
  std::condition_variable changed_;
  int busy_ = 0;     // guarded by mutex_
  int waiting_ = 0;  // guarded by mutex_
};

}  // namespace ecg
