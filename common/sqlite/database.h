// One connection to one SQLite file, opened the only two ways the project allows (docs/decisions: one writer,
// many readers). No SQLite type shows here.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "common/sqlite/statement.h"

struct sqlite3;

namespace ecg::sqlite {

enum class Role : std::uint8_t {
  kWriter,  // the one connection of the one process that writes, checkpoints and makes backups; creates the
            // file
  kReader,  // read-only, never checkpoints, no memory map; needs a writer open on the same file
  kCopy,    // read-only on a file nobody else has open (a backup), taken as it is
};

struct OpenOptions {
  std::string vfs;  // for fault tests; empty = the system's
};

// Threads: one at a time. Statements end before their database.
class Database {
 public:
  // A writer is opened with WAL and synchronous=FULL, and is refused (kStorageFailed) when the file cannot be
  // had so. Errors: kFileUnreadable, kStorageDamaged (not a database), kStorageFull, kStorageFailed.
  static Result<std::unique_ptr<Database>> open(const std::string& path, Role role,
                                                const OpenOptions& options = {});
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // A statement of this SQL, prepared once and kept. A fault in the SQL shows when the statement is stepped.
  Statement prepare(std::string_view sql);
  // One or several statements without values or rows.
  Result<void> execute(const std::string& sql);

  std::int64_t changes() const;  // rows changed by the last statement
  std::int64_t last_insert_id() const;
  bool in_transaction() const;
  const std::string& path() const { return path_; }

  // Writer: moves what is in the WAL into the file as far as readers allow. kStorageFailed is fatal as in a
  // commit.
  Result<void> checkpoint();
  std::int64_t wal_pages() const { return wal_pages_; }  // after the last commit of this connection

  // After an I/O error: closing will not touch the file again.
  void abandon();

  // The error that stands for a SQLite result code on this connection.
  Error error(int result_code, std::string_view doing) const;
  sqlite3* handle() const { return handle_; }

 private:
  friend class Statement;
  Database() = default;
  Result<void> configure(Role role);
  Result<void> configure_writer();
  static int on_wal(void* self, sqlite3*, const char*, int pages);

  sqlite3* handle_ = nullptr;
  std::string path_;
  std::int64_t wal_pages_ = 0;
  std::unique_ptr<StatementCache> cache_;
};

}  // namespace ecg::sqlite
