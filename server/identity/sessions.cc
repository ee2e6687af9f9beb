#include "server/identity/sessions.h"

#include <array>
#include <optional>
#include <span>
#include <utility>

#include "common/net/tls.h"

namespace ecg::identity {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kTokenTextMax = 128;
constexpr Duration kTouchInterval = std::chrono::minutes(1);  // activity is written no more often

std::string make_token(Random& random) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::array<std::uint8_t, kTokenBytes + 1> bytes{};
  random.fill(std::span(bytes).first(kTokenBytes));
  std::string token;
  for (std::size_t bit = 0; bit < kTokenBytes * 8; bit += 6) {
    const unsigned pair = static_cast<unsigned>(bytes[bit / 8]) << 8 | bytes[bit / 8 + 1];
    token += kAlphabet[(pair >> (10 - bit % 8)) & 63u];
  }
  return token;
}

Error not_signed_in() {
  return Error{ErrorCode::kNotSignedIn, ""};
}

}  // namespace

Result<OpenedSession> Sessions::open(const store::PersonRecord& verified, const std::string& place) {
  const auto now = clock_.now();
  OpenedSession opened{make_token(random_), now + options_.absolute};
  store::SessionRecord record;
  record.token_sha256 = net::sha256(opened.token);
  record.person = verified.id;
  record.created_at = record.last_seen_at = now;
  record.expires_at = opened.expires_at;
  record.place = place;
  ECG_TRY(store_.write_wait([&record, &verified, now](store::Transaction& transaction) -> Result<void> {
    ECG_ASSIGN(const auto person, transaction.find_person(verified.id));
    if (!person || person->disabled || person->password_hash != verified.password_hash)
      return Error{ErrorCode::kSignInRefused, ""};
    ECG_TRY(transaction.erase_sessions_expired(now));
    return transaction.put_session(record);
  }));
  return opened;
}

Result<Sessions::Live> Sessions::live(std::string_view token) const {
  if (token.empty() || token.size() > kTokenTextMax) return not_signed_in();
  const auto hash = net::sha256(token);
  std::optional<store::SessionRecord> session;
  std::optional<store::PersonRecord> person;
  ECG_TRY(store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(session, snapshot.find_session(hash));
    if (!session) return {};
    ECG_ASSIGN(person, snapshot.find_person(session->person));
    return {};
  }));
  const auto now = clock_.now();
  if (!session || !person || person->disabled) return not_signed_in();
  if (session->expires_at <= now || session->last_seen_at + options_.idle <= now) return not_signed_in();
  return Live{std::move(*session), std::move(*person)};
}

Result<SessionOwner> Sessions::peek(std::string_view token) const {
  ECG_ASSIGN(auto found, live(token));
  return SessionOwner{std::move(found.person), found.session.expires_at};
}

Result<SessionOwner> Sessions::find(std::string_view token) {
  ECG_ASSIGN(auto found, live(token));
  const auto now = clock_.now();
  if (found.session.last_seen_at + kTouchInterval <= now) {
    found.session.last_seen_at = now;
    store_.write(
        [touched = found.session](store::Transaction& transaction) -> Result<void> {
          ECG_ASSIGN(const auto still, transaction.find_session(touched.token_sha256));
          return still ? transaction.put_session(touched) : Result<void>();  // closed meanwhile: stays closed
        },
        [](Result<void>) {});
  }
  return SessionOwner{std::move(found.person), found.session.expires_at};
}

Result<void> Sessions::close(std::string_view token) {
  if (token.empty() || token.size() > kTokenTextMax) return {};
  return store_.write_wait([hash = net::sha256(token)](store::Transaction& transaction) {
    return transaction.erase_session(hash);
  });
}

}  // namespace ecg::identity
