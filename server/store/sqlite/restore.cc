// Backups when no store is open: checking one, and beginning a center from one.
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

#include "common/sqlite/directory_lock.h"
#include "common/sqlite/migration.h"
#include "server/store/sqlite/schema.h"
#include "server/store/sqlite/sqlite_store.h"
#include "server/store/sqlite/transaction.h"
#include "server/store/sqlite/verification.h"

namespace ecg::store {

namespace {

namespace fs = std::filesystem;

Result<void> copy_durably(const std::string& from, const std::string& to) {
  std::error_code failed;
  fs::copy_file(from, to, fs::copy_options::overwrite_existing, failed);
  if (failed) {
    const bool full = failed == std::errc::no_space_on_device;
    return Error{full ? ErrorCode::kStorageFull : ErrorCode::kFileUnreadable, to, failed.message(), 0};
  }
  fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write, failed);
  const int fd = ::open(to.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = fd >= 0 && ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  if (!synced) return Error{ErrorCode::kStorageFailed, to};
  return {};
}

// What was acknowledged after the backup is gone, so gateways must offer it again: they see it by the new
// epoch. Whoever was signed in signs in anew.
Result<void> begin_new_history(const std::string& path, Random& random) {
  ECG_ASSIGN(const auto writer, sqlite::Database::open(path, sqlite::Role::kWriter));
  ECG_TRY(sqlite::migrate(*writer, schema(), kApplicationId));
  ECG_TRY(writer->execute("BEGIN IMMEDIATE; DELETE FROM session"));
  SqliteTransaction transaction(*writer);
  ECG_TRY(transaction.put_setting("center_epoch", random_id(random)));
  return writer->execute("COMMIT");
}

}  // namespace

Result<Verification> verify_backup(const std::string& file) {
  std::error_code failed;
  if (!fs::exists(file, failed)) return Error{ErrorCode::kFileNotFound, file};
  return verify_file(file);
}

Result<Verification> restore_backup(const std::string& file, const std::string& directory, Random& random) {
  ECG_ASSIGN(auto checked, verify_backup(file));
  ECG_ASSIGN(const auto lock, sqlite::DirectoryLock::acquire(directory));
  const std::string target = directory + "/center.sqlite";
  std::error_code failed;
  if (fs::exists(target, failed)) return Error{ErrorCode::kFileExists, target};
  const std::string partial = target + ".partial";
  ECG_TRY(copy_durably(file, partial));
  ECG_TRY(begin_new_history(partial, random));
  fs::rename(partial, target, failed);
  if (failed) return Error{ErrorCode::kFileUnreadable, target, failed.message(), 0};
  ECG_TRY(sqlite::sync_directory(directory));
  return checked;
}

}  // namespace ecg::store
