#include "common/sqlite/statement.h"

#include <sqlite3.h>

#include "common/sqlite/database.h"

namespace ecg::sqlite {

namespace {
constexpr std::size_t kIdlePerSql = 4;
}

StatementCache::~StatementCache() {
  for (auto& [sql, statements] : idle_) {
    for (sqlite3_stmt* statement : statements) sqlite3_finalize(statement);
  }
}

sqlite3_stmt* StatementCache::take(std::string_view sql) {
  const auto it = idle_.find(sql);
  if (it == idle_.end() || it->second.empty()) return nullptr;
  sqlite3_stmt* statement = it->second.back();
  it->second.pop_back();
  return statement;
}

void StatementCache::give(std::string sql, sqlite3_stmt* statement) {
  auto& idle = idle_[std::move(sql)];
  if (idle.size() >= kIdlePerSql) {
    sqlite3_finalize(statement);
  } else {
    idle.push_back(statement);
  }
}

Statement::Statement(Database& database, std::string_view sql) : database_(&database), sql_(sql) {
  statement_ = database.cache_->take(sql);
  if (statement_ != nullptr) return;
  note(sqlite3_prepare_v3(database.handle(), sql_.data(), static_cast<int>(sql_.size()),
                          SQLITE_PREPARE_PERSISTENT, &statement_, nullptr));
}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_),
      sql_(std::move(other.sql_)),
      statement_(std::exchange(other.statement_, nullptr)),
      bound_(other.bound_),
      failed_(other.failed_) {}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  reset();
  database_->cache_->give(std::move(sql_), statement_);
}

void Statement::note(int result_code) {
  if (failed_ == SQLITE_OK && result_code != SQLITE_OK) failed_ = result_code;
}

Result<bool> Statement::step() {
  if (failed_ != SQLITE_OK) return database_->error(failed_, sql_);
  const int rc = sqlite3_step(statement_);
  if (rc == SQLITE_ROW) return true;
  if (rc == SQLITE_DONE) return false;
  return database_->error(sqlite3_extended_errcode(database_->handle()), sql_);
}

Result<void> Statement::run() {
  for (;;) {
    ECG_ASSIGN(const bool row, step());
    if (!row) return {};
  }
}

void Statement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  bound_ = 0;
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}
std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}
double Statement::real(int column) const {
  return sqlite3_column_double(statement_, column);
}

std::string Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (bytes == nullptr) return {};
  return std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
}

std::string_view Statement::blob_view(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string Statement::blob(int column) const {
  return std::string(blob_view(column));
}

std::optional<std::int64_t> Statement::optional_integer(int column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

std::optional<Timestamp> Statement::optional_time(int column) const {
  if (is_null(column)) return std::nullopt;
  return time(column);
}

void Statement::put_integer(std::int64_t value) {
  note(sqlite3_bind_int64(statement_, ++bound_, value));
}
void Statement::put(double value) {
  note(sqlite3_bind_double(statement_, ++bound_, value));
}
void Statement::put(std::nullopt_t) {
  note(sqlite3_bind_null(statement_, ++bound_));
}

// A null pointer would be bound as NULL, so an empty value points to an empty text.
void Statement::put(std::string_view text) {
  note(sqlite3_bind_text64(statement_, ++bound_, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC,
                           SQLITE_UTF8));
}

void Statement::put(Blob blob) {
  note(sqlite3_bind_blob64(statement_, ++bound_, blob.bytes.empty() ? "" : blob.bytes.data(),
                           blob.bytes.size(), SQLITE_STATIC));
}

}  // namespace ecg::sqlite
