#include "gateway/clinic/operators.h"

#include <algorithm>

#include "common/wire/sha256.h"
#include "gateway/clinic/password.h"
#include "gateway/spool/site.h"

namespace ecg::clinic {
namespace {

constexpr std::chrono::hours kLifetime{12};
constexpr std::chrono::hours kIdle{1};
constexpr std::chrono::minutes kTouch{1};  // a session's last use is noted no more often
constexpr int kFreeFailures = 5;
constexpr std::chrono::seconds kDelayMax{60};
constexpr std::size_t kNamesMax = 256;

// Checked when there is no such name, so that the answer takes as long. No password has this hash.
constexpr const char* kNobody =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

std::string digest_of(const std::string& token) {
  return wire::as_bytes(wire::sha256(token));
}

}  // namespace

Result<SignedIn> Operators::sign_in(const std::string& user_name, const std::string& password) {
  const Duration now = spool_.clock().steady();
  {
    const std::lock_guard lock(mutex_);
    const auto it = failures_.find(user_name);
    if (it != failures_.end() && now < it->second.open_at) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(it->second.open_at - now);
      return Error{ErrorCode::kTooManyTries, "sign-in", "", static_cast<std::int32_t>(left.count())};
    }
  }
  ECG_ASSIGN(const auto settings, spool::load_settings(spool_));
  const auto known = std::find_if(settings.operators().begin(), settings.operators().end(),
                                  [&](const auto& one) { return one.user_name() == user_name; });
  const bool exists = known != settings.operators().end();
  const bool right = password_matches(exists ? known->password_hash() : kNobody, password);
  if (!exists || !right) {
    const std::lock_guard lock(mutex_);
    if (failures_.size() >= kNamesMax) failures_.clear();
    Failures& failures = failures_[user_name];
    if (++failures.count >= kFreeFailures) {
      const auto delay =
          std::min(kDelayMax, std::chrono::seconds(1LL << std::min(failures.count - kFreeFailures, 6)));
      failures.open_at = now + delay;
    }
    return Error{ErrorCode::kSignInRefused, ""};
  }
  {
    const std::lock_guard lock(mutex_);
    failures_.erase(user_name);
  }
  SignedIn session{known->id(), known->display_name(), random_id(random_) + random_id(random_)};
  ECG_TRY(spool::begin_session(spool_, digest_of(session.token), session.operator_id));
  return session;
}

Result<std::optional<SignedIn>> Operators::find(const std::string& token) {
  if (token.empty()) return std::optional<SignedIn>();
  const std::string digest = digest_of(token);
  ECG_ASSIGN(const auto session, spool::find_session(spool_, digest));
  if (!session) return std::optional<SignedIn>();
  const Timestamp now = spool_.clock().now();
  if (now - session->begun_at > kLifetime || now - session->used_at > kIdle) {
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

Result<void> Operators::sign_out(const std::string& token) {
  if (token.empty()) return {};
  return spool::end_session(spool_, digest_of(token));
}

}  // namespace ecg::clinic
