// Sessions of people: a random token in the browser's cookie, its SHA-256 in the store.
#pragma once

#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/random.h"
#include "common/base/result.h"
#include "server/store/store.h"

namespace ecg::identity {

struct SessionOptions {
  Duration idle = std::chrono::minutes(60);
  Duration absolute = std::chrono::hours(12);
};

struct OpenedSession {
  std::string token;  // 43 characters over 256 random bits; given out once
  Timestamp expires_at;
};

struct SessionOwner {
  store::PersonRecord person;
  Timestamp expires_at;
};

// Any thread; blocks on the store.
class Sessions {
 public:
  Sessions(store::Store& store, const Clock& clock, Random& random, SessionOptions options = {})
      : store_(store), clock_(clock), random_(random), options_(options) {}

  // verified: as the person was when the password was checked; place: the address it is opened from. Also
  // forgets sessions that have ended. Errors: kSignInRefused (password or account changed since).
  Result<OpenedSession> open(const store::PersonRecord& verified, const std::string& place);
  // Errors: kNotSignedIn (no such session, idle or old, or the person is disabled). Counts as activity.
  Result<SessionOwner> find(std::string_view token);
  // The same without counting as activity: for what runs on its own, as an open stream.
  Result<SessionOwner> peek(std::string_view token) const;
  // A repeat succeeds.
  Result<void> close(std::string_view token);

 private:
  struct Live {
    store::SessionRecord session;
    store::PersonRecord person;
  };
  Result<Live> live(std::string_view token) const;

  store::Store& store_;
  const Clock& clock_;
  Random& random_;
  const SessionOptions options_;
};

}  // namespace ecg::identity
