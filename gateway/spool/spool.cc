#include "gateway/spool/spool.h"

#include <algorithm>

#include <sys/statvfs.h>

#include "common/sqlite/migration.h"
#include "gateway/spool/schema.h"

namespace ecg::spool {
namespace {

Result<std::int64_t> pragma(sqlite::Database& database, const std::string& name) {
  sqlite::Statement query = database.prepare("PRAGMA " + name);
  ECG_ASSIGN(const bool row, query.step());
  return row ? query.integer(0) : 0;
}

}  // namespace

Result<std::unique_ptr<Spool>> Spool::open(const std::string& directory, SpoolOptions options,
                                           const Clock& clock) {
  ECG_ASSIGN(auto lock, sqlite::DirectoryLock::acquire(directory));
  std::unique_ptr<Spool> spool(new Spool(directory, std::move(options), clock, std::move(lock)));
  ECG_ASSIGN(auto writer, sqlite::Database::open(spool->file(), sqlite::Role::kWriter));
  ECG_TRY(sqlite::migrate(*writer, schema(), kApplicationId));
  sqlite::WriterOptions writer_options;
  writer_options.after_commit = [signal = &spool->changes_] { signal->bump(); };
  writer_options.on_fatal = spool->options_.on_fatal;
  spool->writer_ = std::make_unique<sqlite::WriterThread>(std::move(writer), writer_options);
  return spool;
}

Result<std::unique_ptr<sqlite::Database>> Spool::borrow() {
  {
    const std::lock_guard lock(mutex_);
    if (!readers_.empty()) {
      auto reader = std::move(readers_.back());
      readers_.pop_back();
      return reader;
    }
  }
  return sqlite::Database::open(file(), sqlite::Role::kReader);
}

void Spool::give_back(std::unique_ptr<sqlite::Database> reader) {
  constexpr std::size_t kIdleMax = 4;
  const std::lock_guard lock(mutex_);
  if (readers_.size() < kIdleMax) readers_.push_back(std::move(reader));
}

Result<Usage> Spool::usage() {
  const auto used = read([](sqlite::Database& database) -> Result<std::int64_t> {
    ECG_ASSIGN(const std::int64_t pages, pragma(database, "page_count"));
    ECG_ASSIGN(const std::int64_t free_pages, pragma(database, "freelist_count"));
    ECG_ASSIGN(const std::int64_t page_size, pragma(database, "page_size"));
    return (pages - free_pages) * page_size;
  });
  if (!used.ok()) return used.error();
  struct statvfs disk {};
  if (::statvfs(directory_.c_str(), &disk) != 0) return Error{ErrorCode::kFileUnreadable, directory_};
  const auto available = static_cast<std::int64_t>(disk.f_bavail) * static_cast<std::int64_t>(disk.f_frsize);
  const std::int64_t room = std::max<std::int64_t>(0, available - options_.disk_reserve);
  const std::int64_t may_use = std::max<std::int64_t>(1, std::min(options_.bytes_max, *used + room));
  return Usage{static_cast<double>(*used) / static_cast<double>(may_use)};
}

Result<void> Spool::require_room() {
  ECG_ASSIGN(const Usage now, usage());
  if (now.full()) return Error{ErrorCode::kSpoolFull, directory_};
  return {};
}

}  // namespace ecg::spool
