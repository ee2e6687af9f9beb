#include "common/sqlite/directory_lock.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace ecg::sqlite {

namespace {

Error os_error(ErrorCode code, const std::string& subject) {
  return Error{code, subject, std::strerror(errno), 0};
}

Result<void> make_directory(const std::string& directory) {
  std::error_code failed;
  if (std::filesystem::is_directory(directory, failed)) return {};
  std::filesystem::create_directories(directory, failed);
  if (failed) return Error{ErrorCode::kFileUnreadable, directory, failed.message(), 0};
  std::filesystem::permissions(directory, std::filesystem::perms::owner_all, failed);
  if (failed) return Error{ErrorCode::kFileUnreadable, directory, failed.message(), 0};
  return {};
}

}  // namespace

Result<DirectoryLock> DirectoryLock::acquire(const std::string& directory) {
  ECG_TRY(make_directory(directory));
  const int fd = ::open((directory + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return os_error(ErrorCode::kFileUnreadable, directory + "/lock");
  DirectoryLock lock(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    return os_error(errno == EWOULDBLOCK ? ErrorCode::kDirectoryInUse : ErrorCode::kFileUnreadable,
                    directory);
  }
  return lock;
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

DirectoryLock& DirectoryLock::operator=(DirectoryLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

DirectoryLock::~DirectoryLock() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> sync_directory(const std::string& directory) {
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return os_error(ErrorCode::kFileUnreadable, directory);
  const bool synced = ::fsync(fd) == 0;
  const auto failure = os_error(ErrorCode::kStorageFailed, directory);
  ::close(fd);
  if (!synced) return failure;
  return {};
}

}  // namespace ecg::sqlite
