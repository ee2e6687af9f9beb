// People, their sessions, failed tries to sign in; settings.
#include "server/store/sqlite/columns.h"
#include "server/store/sqlite/transaction.h"

namespace ecg::store {

namespace {

using sqlite::Blob;

constexpr const char* kPerson =
    "id,user_name,display_name,roles,site,password_hash,disabled,created_at,password_changed_at";
constexpr const char* kSession = "token_sha256,person,created_at,last_seen_at,expires_at,place";

PersonRecord person(Columns& c) {
  PersonRecord r;
  r.id = c.id<PersonId>();
  r.user_name = c.text();
  r.display_name = c.text();
  r.roles = static_cast<std::uint32_t>(c.integer());
  r.site = c.id<SiteId>();
  r.password_hash = c.text();
  r.disabled = c.flag();
  r.created_at = c.time();
  r.password_changed_at = c.time();
  return r;
}

SessionRecord session(Columns& c) {
  SessionRecord r;
  r.token_sha256 = c.blob();
  r.person = c.id<PersonId>();
  r.created_at = c.time();
  r.last_seen_at = c.time();
  r.expires_at = c.time();
  r.place = c.text();
  return r;
}

}  // namespace

Result<std::optional<PersonRecord>> SqliteSnapshot::find_person(const PersonId& id) const {
  static const std::string sql = std::string("SELECT ") + kPerson + " FROM person WHERE id=?";
  auto query = prepare(sql);
  query.bind(id);
  return find_row<PersonRecord>(query, person, "person");
}

Result<std::optional<PersonRecord>> SqliteSnapshot::find_person_by_user_name(
    const std::string& user_name) const {
  static const std::string sql = std::string("SELECT ") + kPerson + " FROM person WHERE user_name=?";
  auto query = prepare(sql);
  query.bind(user_name);
  return find_row<PersonRecord>(query, person, "person");
}

Result<std::vector<PersonRecord>> SqliteSnapshot::people() const {
  static const std::string sql = std::string("SELECT ") + kPerson + " FROM person ORDER BY user_name";
  auto query = prepare(sql);
  return all_rows<PersonRecord>(query, person, "person");
}

Result<std::optional<SessionRecord>> SqliteSnapshot::find_session(const std::string& token_sha256) const {
  static const std::string sql = std::string("SELECT ") + kSession + " FROM session WHERE token_sha256=?";
  auto query = prepare(sql);
  query.bind(Blob{token_sha256});
  ECG_ASSIGN(const bool row, query.step());
  if (!row) return std::optional<SessionRecord>();
  Columns columns(query);
  return std::optional<SessionRecord>(session(columns));
}

Result<std::uint32_t> SqliteSnapshot::sessions_seen_since(Timestamp since, std::uint32_t roles) const {
  auto query = prepare(
      "SELECT count(DISTINCT person.id) FROM session JOIN person ON person.id=session.person "
      "WHERE session.last_seen_at>=? AND (person.roles & ?)!=0");
  query.bind(since, roles);
  ECG_ASSIGN(const bool row, query.step());
  return row ? static_cast<std::uint32_t>(query.integer(0)) : 0U;
}

Result<FailedTriesRecord> SqliteSnapshot::failed_tries(const std::string& key) const {
  auto query = prepare("SELECT count, last_at FROM failed_tries WHERE key=?");
  query.bind(key);
  ECG_ASSIGN(const bool row, query.step());
  FailedTriesRecord record{key, 0, Timestamp{}};
  if (row) {
    record.count = static_cast<int>(query.integer(0));
    record.last_at = query.time(1);
  }
  return record;
}

Result<std::optional<std::string>> SqliteSnapshot::setting(const std::string& name) const {
  auto query = prepare("SELECT value FROM setting WHERE name=?");
  query.bind(name);
  ECG_ASSIGN(const bool row, query.step());
  if (!row) return std::optional<std::string>();
  return std::optional<std::string>(query.blob(0));
}

Result<void> SqliteTransaction::put_person(const PersonRecord& r) {
  ECG_ASSIGN(const auto same_name, find_person_by_user_name(r.user_name));
  if (same_name && same_name->id != r.id) return Error{ErrorCode::kAlreadyDone, r.user_name};
  static const std::string sql = upsert("person", kPerson, "id");
  return prepare(sql)
      .bind(r.id, r.user_name, r.display_name, r.roles, r.site, r.password_hash, r.disabled, r.created_at,
            r.password_changed_at)
      .run();
}

Result<void> SqliteTransaction::put_session(const SessionRecord& r) {
  static const std::string sql = upsert("session", kSession, "token_sha256");
  return prepare(sql)
      .bind(Blob{r.token_sha256}, r.person, r.created_at, r.last_seen_at, r.expires_at, r.place)
      .run();
}

Result<void> SqliteTransaction::erase_session(const std::string& token_sha256) {
  return prepare("DELETE FROM session WHERE token_sha256=?").bind(Blob{token_sha256}).run();
}

Result<void> SqliteTransaction::erase_sessions_of(const PersonId& id) {
  return prepare("DELETE FROM session WHERE person=?").bind(id).run();
}

Result<void> SqliteTransaction::erase_sessions_expired(Timestamp now) {
  return prepare("DELETE FROM session WHERE expires_at<=?").bind(now).run();
}

Result<void> SqliteTransaction::put_failed_tries(const FailedTriesRecord& r) {
  if (r.count == 0) return prepare("DELETE FROM failed_tries WHERE key=?").bind(r.key).run();
  static const std::string sql = upsert("failed_tries", "key,count,last_at", "key");
  return prepare(sql).bind(r.key, r.count, r.last_at).run();
}

Result<void> SqliteTransaction::put_setting(const std::string& name, const std::string& value) {
  static const std::string sql = upsert("setting", "name,value", "name");
  return prepare(sql).bind(name, Blob{value}).run();
}

}  // namespace ecg::store
