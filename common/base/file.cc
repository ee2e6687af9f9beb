#include "common/base/file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ecg {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

Error storage_error(const std::filesystem::path& file, const char* what) {
  const bool full = errno == ENOSPC || errno == EDQUOT;
  return Error{full ? ErrorCode::kStorageFull : ErrorCode::kStorageFailed, file.string(),
               std::string(what) + ": " + std::strerror(errno)};
}

bool write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const auto n = ::write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& file, std::size_t bytes_max) {
  const Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0)
    return Error{errno == ENOENT || errno == ENOTDIR ? ErrorCode::kFileNotFound : ErrorCode::kFileUnreadable,
                 file.string(), std::strerror(errno)};
  std::string content;
  char block[16384];
  for (;;) {
    const auto n = ::read(fd.get(), block, sizeof block);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Error{ErrorCode::kFileUnreadable, file.string(), std::strerror(errno)};
    if (n == 0) return content;
    content.append(block, static_cast<std::size_t>(n));
    if (content.size() > bytes_max) return Error{ErrorCode::kTooLarge, file.string()};
  }
}

Result<void> write_file_durably(const std::filesystem::path& file, std::string_view content, mode_t mode) {
  std::string pattern = file.string() + ".XXXXXX";
  const Descriptor fd(::mkostemp(pattern.data(), O_CLOEXEC));
  if (fd.get() < 0) return storage_error(file, "create");
  const bool written =
      ::fchmod(fd.get(), mode) == 0 && write_all(fd.get(), content) && ::fsync(fd.get()) == 0;
  if (!written || std::rename(pattern.c_str(), file.c_str()) != 0) {
    auto error = storage_error(file, "write");
    ::unlink(pattern.c_str());
    return error;
  }
  const auto parent = file.parent_path();
  const Descriptor folder(::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0) return storage_error(parent, "sync of the folder");
  return {};
}

}  // namespace ecg
