// One process per data directory.
#pragma once

#include <string>

#include "common/base/result.h"

namespace ecg::sqlite {

// Held from acquire() until the object or the process ends, however it ends. Not inherited by programs
// started later.
class DirectoryLock {
 public:
  // Makes the directory (0700) when it does not exist, and a file "lock" in it that stays.
  // Errors: kDirectoryInUse, kFileUnreadable.
  static Result<DirectoryLock> acquire(const std::string& directory);
  ~DirectoryLock();
  DirectoryLock(DirectoryLock&& other) noexcept;
  DirectoryLock& operator=(DirectoryLock&& other) noexcept;

 private:
  explicit DirectoryLock(int fd) : fd_(fd) {}
  int fd_;
};

// Makes the entries of a directory durable. Errors: kFileUnreadable, kStorageFailed.
Result<void> sync_directory(const std::string& directory);

}  // namespace ecg::sqlite
