#include "common/sqlite/database.h"

#include <cerrno>

#include <sqlite3.h>

namespace ecg::sqlite {

namespace {

constexpr int kBusyTimeoutMs = 5000;
constexpr int kRetryWhenFullMs = 5000;
constexpr int kRetryWhenBusyMs = 1000;
constexpr int kSynchronousFull = 2;

bool no_space(int os_error) {
  return os_error == ENOSPC || os_error == EDQUOT;
}

int open_flags(Role role) {
  const int shared = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_URI;
  return role == Role::kWriter ? shared | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                               : shared | SQLITE_OPEN_READONLY;
}

// A path as a URI, for the one option that has no other form.
std::string immutable_uri(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '%') {
      uri += "%25";
    } else if (c == '?') {
      uri += "%3f";
    } else if (c == '#') {
      uri += "%23";
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const std::string& path, Role role,
                                                 const OpenOptions& options) {
  std::unique_ptr<Database> database(new Database);
  database->path_ = path;
  const std::string name = role == Role::kCopy ? immutable_uri(path) : path;
  const int rc = sqlite3_open_v2(name.c_str(), &database->handle_, open_flags(role),
                                 options.vfs.empty() ? nullptr : options.vfs.c_str());
  if (rc != SQLITE_OK) return database->error(rc, "open");
  database->cache_ = std::make_unique<StatementCache>();
  ECG_TRY(database->configure(role));
  return database;
}

Database::~Database() {
  cache_.reset();
  sqlite3_close(handle_);
}

Result<void> Database::configure(Role role) {
  sqlite3_busy_timeout(handle_, kBusyTimeoutMs);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  ECG_TRY(execute(
      "PRAGMA mmap_size=0; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;"
      "PRAGMA temp_store=MEMORY"));
  if (role == Role::kWriter) return configure_writer();
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_wal_autocheckpoint(handle_, 0);
  ECG_TRY(execute("PRAGMA query_only=ON"));
  return execute("SELECT count(*) FROM sqlite_schema");  // finds out now whether this is a database
}

Result<void> Database::configure_writer() {
  {
    Statement mode = prepare("PRAGMA journal_mode=WAL");
    ECG_ASSIGN(const bool row, mode.step());
    if (!row || mode.text(0) != "wal") {
      return Error{ErrorCode::kStorageFailed, path_, "journal mode " + (row ? mode.text(0) : "unknown"), 0};
    }
  }
  ECG_TRY(execute("PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864"));
  Statement level = prepare("PRAGMA synchronous");
  ECG_ASSIGN(const bool row, level.step());
  if (!row || level.integer(0) < kSynchronousFull) {
    return Error{ErrorCode::kStorageFailed, path_, "synchronous is below FULL", 0};
  }
  // Takes the place of the automatic checkpoint, which swallows I/O errors.
  sqlite3_wal_hook(handle_, &Database::on_wal, this);
  return {};
}

int Database::on_wal(void* self, sqlite3*, const char*, int pages) {
  static_cast<Database*>(self)->wal_pages_ = pages;
  return SQLITE_OK;
}

Statement Database::prepare(std::string_view sql) {
  return Statement(*this, sql);
}

Result<void> Database::execute(const std::string& sql) {
  const int rc = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (rc != SQLITE_OK) return error(sqlite3_extended_errcode(handle_), sql.substr(0, 80));
  return {};
}

std::int64_t Database::changes() const {
  return sqlite3_changes64(handle_);
}
std::int64_t Database::last_insert_id() const {
  return sqlite3_last_insert_rowid(handle_);
}
bool Database::in_transaction() const {
  return sqlite3_get_autocommit(handle_) == 0;
}

Result<void> Database::checkpoint() {
  const int rc = sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (rc == SQLITE_OK || (rc & 0xff) == SQLITE_BUSY || (rc & 0xff) == SQLITE_LOCKED) return {};
  return error(rc, "checkpoint");
}

void Database::abandon() {
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

Error Database::error(int result_code, std::string_view doing) const {
  std::string detail = std::string(doing) + ": " + sqlite3_errstr(result_code);
  if (handle_ != nullptr) detail += std::string(" (") + sqlite3_errmsg(handle_) + ")";
  const int os_error = handle_ == nullptr ? 0 : sqlite3_system_errno(handle_);
  const auto as = [&](ErrorCode code, int retry_after_ms = 0) {
    return Error{code, path_, detail, retry_after_ms};
  };
  switch (result_code & 0xff) {
    case SQLITE_FULL:
      return as(ErrorCode::kStorageFull, kRetryWhenFullMs);
    case SQLITE_IOERR:
      // A failed sync leaves it unknown what is on the disk, whatever its reason; a write that found no space
      // does not.
      if (result_code != SQLITE_IOERR_FSYNC && result_code != SQLITE_IOERR_DIR_FSYNC && no_space(os_error)) {
        return as(ErrorCode::kStorageFull, kRetryWhenFullMs);
      }
      return as(ErrorCode::kStorageFailed);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return as(ErrorCode::kStorageDamaged);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return as(ErrorCode::kOverloaded, kRetryWhenBusyMs);
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return as(no_space(os_error) ? ErrorCode::kStorageFull : ErrorCode::kFileUnreadable);
    case SQLITE_READONLY:
      return as(ErrorCode::kStorageFailed);
    case SQLITE_TOOBIG:
      return as(ErrorCode::kTooLarge);
    default:
      return as(ErrorCode::kInternal);
  }
}

}  // namespace ecg::sqlite
