// The embedded engine: one SQLite file in a directory of its own, one writing connection, a few reading ones.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "common/base/clock.h"
#include "common/base/random.h"
#include "common/base/result.h"
#include "server/store/store.h"

namespace ecg::store {

struct SqliteOptions {
  int readers = 4;
  std::chrono::microseconds gather{2000};  // how long a commit waits for company
  // The disk failed: everyone waiting has been told; the program ends now, non-zero. Empty: it ends here with
  // status 74.
  std::function<void(const Error&)> on_fatal;
  std::string vfs;  // for fault tests
};

// Makes the directory (0700) and the file "center.sqlite" when there are none, and brings an older file up to
// date. Holds the directory's lock as long as the store lives. Errors: kDirectoryInUse, kStoreNewer,
// kStorageDamaged, kStorageFull, kStorageFailed, kFileUnreadable.
Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& directory, Random& random,
                                                 SqliteOptions options = {});

// Puts a backup file in place as the center of a directory that has none yet, with a new center epoch, after
// checking it whole. Errors: kFileNotFound, kFileExists (the directory has a center), kDirectoryInUse,
// kStorageDamaged.
Result<Verification> restore_backup(const std::string& file, const std::string& directory, Random& random);

// Checks a backup file without opening it for writing. Errors: kFileNotFound, kStorageDamaged.
Result<Verification> verify_backup(const std::string& file);

}  // namespace ecg::store
