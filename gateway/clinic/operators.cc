#include "gateway/clinic/operators.h"

#include <algorithm>

#include "common/base/limits.h"
#include "common/wire/sha256.h"
#include "gateway/spool/site.h"

namespace ecg::clinic {
namespace {

constexpr std::chrono::hours kIdle{1};
constexpr std::chrono::minutes kTouch{1};  // a session's last use is noted no more often
constexpr std::size_t kUserNameBytesMax = 64;
constexpr std::size_t kPasswordBytesMax = limits::kShortTextBytesMax * 2;

// A clinic must not be locked out of its own gateway for long: the wait stays short.
TryThrottle::Options throttle_options() {
  TryThrottle::Options options;
  options.delay_max = std::chrono::seconds(60);
  options.keys_max = 256;
  return options;
}

std::string digest_of(const std::string& token) {
  return wire::as_bytes(wire::sha256(token));
}

}  // namespace

Operators::Operators(spool::Spool& spool, Random& random)
    : spool_(spool), random_(random), hasher_({}, random), throttle_(throttle_options(), spool.clock()) {}

Result<SignedIn> Operators::sign_in(const std::string& user_name, const std::string& password,
                                    const std::string& address) {
  if (user_name.size() > kUserNameBytesMax || password.size() > kPasswordBytesMax)
    return Error{ErrorCode::kSignInRefused, ""};
  ECG_TRY(throttle_.admit(user_name, address));
  // Counts until it is known to be right, so that tries side by side count too.
  throttle_.failed(user_name, address);
  ECG_ASSIGN(const auto settings, spool::load_settings(spool_));
  const auto known = std::find_if(settings.operators().begin(), settings.operators().end(),
                                  [&](const auto& one) { return one.user_name() == user_name; });
  const bool exists = known != settings.operators().end();
  ECG_ASSIGN(const bool right, hasher_.verify(exists ? known->password_hash() : std::string(), password));
  if (!exists || !right) return Error{ErrorCode::kSignInRefused, ""};
  SignedIn session{known->id(), known->display_name(), random_id(random_) + random_id(random_)};
  ECG_TRY(spool::begin_session(spool_, digest_of(session.token), *known));
  throttle_.succeeded(user_name, address);
  return session;
}

Result<std::optional<SignedIn>> Operators::find(const std::string& token) {
  if (token.empty()) return std::optional<SignedIn>();
  const std::string digest = digest_of(token);
  ECG_ASSIGN(const auto session, spool::find_session(spool_, digest));
  if (!session) return std::optional<SignedIn>();
  const Timestamp now = spool_.clock().now();
  if (now - session->begun_at > spool::kOperatorSessionLifetime || now - session->used_at > kIdle) {
    ECG_TRY(spool::end_session(spool_, digest));
    return std::optional<SignedIn>();
  }
  if (now - session->used_at > kTouch) spool::touch_session(spool_, digest);
  ECG_ASSIGN(const auto settings, spool::load_settings(spool_));
  for (const auto& one : settings.operators()) {
    if (one.id() == session->operator_id) return std::optional(SignedIn{one.id(), one.display_name(), {}});
  }
  return std::optional<SignedIn>();
}

Result<bool> Operators::alive(const std::string& token) {
  ECG_ASSIGN(const auto found, find(token));
  return found.has_value();
}

Result<void> Operators::sign_out(const std::string& token) {
  if (token.empty()) return {};
  return spool::end_session(spool_, digest_of(token));
}

}  // namespace ecg::clinic
