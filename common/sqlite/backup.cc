#include "common/sqlite/backup.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "common/sqlite/directory_lock.h"

namespace ecg::sqlite {

struct Backup::State {
  Database* writer = nullptr;
  std::string path, partial;
  sqlite3* copy = nullptr;
  sqlite3_backup* backup = nullptr;

  ~State() {
    sqlite3_backup_finish(backup);
    sqlite3_close(copy);
    std::error_code ignored;
    if (!partial.empty()) std::filesystem::remove(partial, ignored);
  }

  Error failed(int rc) const {
    const std::string detail = copy == nullptr ? sqlite3_errstr(rc) : sqlite3_errmsg(copy);
    switch (rc & 0xff) {
      case SQLITE_FULL:
        return Error{ErrorCode::kStorageFull, path, detail, 0};
      case SQLITE_CORRUPT:
        return Error{ErrorCode::kStorageDamaged, writer->path(), detail, 0};
      default:
        return Error{ErrorCode::kFileUnreadable, path, detail, 0};
    }
  }

  Result<void> finish();
};

namespace {

Result<void> sync_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  const std::string why = std::strerror(errno);
  if (fd >= 0) ::close(fd);
  if (!synced) return Error{ErrorCode::kFileUnreadable, path, why, 0};
  return {};
}

}  // namespace

Backup::Backup(std::unique_ptr<State> state) : state_(std::move(state)) {}
Backup::~Backup() = default;

Result<std::unique_ptr<Backup>> Backup::begin(Database& writer, const std::string& path) {
  std::error_code failed;
  if (std::filesystem::exists(path, failed)) return Error{ErrorCode::kFileExists, path};
  auto state = std::make_unique<State>();
  state->writer = &writer;
  state->path = path;
  std::filesystem::remove(path + ".partial", failed);
  state->partial = path + ".partial";
  const int rc = sqlite3_open_v2(state->partial.c_str(), &state->copy,
                                 SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXRESCODE, nullptr);
  if (rc != SQLITE_OK) return state->failed(rc);
  // The copy counts only once complete and synced, so it needs no journal of its own.
  sqlite3_exec(state->copy, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF", nullptr, nullptr, nullptr);
  state->backup = sqlite3_backup_init(state->copy, "main", writer.handle(), "main");
  if (state->backup == nullptr) return state->failed(sqlite3_extended_errcode(state->copy));
  std::filesystem::permissions(
      state->partial, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, failed);
  return std::unique_ptr<Backup>(new Backup(std::move(state)));
}

Result<bool> Backup::step(int pages) {
  const int rc = sqlite3_backup_step(state_->backup, pages);
  if (rc == SQLITE_OK || (rc & 0xff) == SQLITE_BUSY || (rc & 0xff) == SQLITE_LOCKED) return false;
  if (rc != SQLITE_DONE) return state_->failed(rc);
  ECG_TRY(state_->finish());
  return true;
}

Result<void> Backup::State::finish() {
  const int rc = sqlite3_backup_finish(backup);
  backup = nullptr;
  if (rc != SQLITE_OK) return failed(rc);
  sqlite3_close(copy);
  copy = nullptr;
  ECG_TRY(sync_file(partial));
  std::error_code renamed;
  std::filesystem::rename(partial, path, renamed);
  if (renamed) return Error{ErrorCode::kFileUnreadable, path, renamed.message(), 0};
  partial.clear();
  const auto parent = std::filesystem::path(path).parent_path();
  return sync_directory(parent.empty() ? "." : parent.string());
}

Result<void> check_integrity(Database& database) {
  Statement check = database.prepare("PRAGMA integrity_check(1)");
  ECG_ASSIGN(const bool row, check.step());
  if (!row || check.text(0) != "ok") {
    return Error{ErrorCode::kStorageDamaged, database.path(), row ? check.text(0) : "no answer", 0};
  }
  return {};
}

}  // namespace ecg::sqlite
