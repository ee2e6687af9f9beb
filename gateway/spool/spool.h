// The gateway's own disk: everything a clinic made or was sent, safe before anyone hears of it. One SQLite
// file in the state directory, one writer thread with group commit, readers beside it. The tables' meaning is
// in studies.h, recordings.h, mail.h and site.h.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/sqlite/database.h"
#include "common/sqlite/directory_lock.h"
#include "common/sqlite/writer_thread.h"
#include "gateway/spool/change_signal.h"

namespace ecg::spool {

struct SpoolOptions {
  std::int64_t bytes_max = std::int64_t{20} << 30;  // of the file; the recordings of years at a small clinic
  std::int64_t disk_reserve = std::int64_t{256} << 20;  // bytes of the disk left to others
  std::size_t keep_confirmed = 500;                     // confirmed recordings whose samples are kept
  std::function<void(const Error&)> on_fatal;           // see sqlite::WriterOptions
};

struct Usage {
  double used_fraction = 0;  // of what the spool may use, 1 = full
  static constexpr double kWarning = 0.80, kAlarm = 0.95;
  bool full() const { return used_fraction >= 1; }
};

// Any thread, unless a member says otherwise.
class Spool {
 public:
  // Makes the directory when it is not there. Holds its lock until the end of the object.
  // Errors: kDirectoryInUse, kStoreNewer, kStorageDamaged, kStorageFull, kStorageFailed, kFileUnreadable.
  static Result<std::unique_ptr<Spool>> open(const std::string& directory, SpoolOptions options,
                                             const Clock& clock);
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  using Change = sqlite::WriterThread::Change;
  using Done = sqlite::WriterThread::Done;
  // As WriterThread: never blocks; done after the commit.
  void post(Change change, Done done) { writer_->submit(std::move(change), std::move(done)); }
  // Waits for the commit.
  Result<void> write(Change change) { return writer_->submit_wait(std::move(change)); }

  // Runs query(Database&) -> Result<T> on a read-only connection that sees one moment.
  template <class Query>
  auto read(Query query) -> decltype(query(std::declval<sqlite::Database&>())) {
    auto reader = borrow();
    if (!reader.ok()) return reader.error();
    auto answer = query(**reader);
    give_back(std::move(reader).value());
    return answer;
  }

  // Bumped after every commit.
  ChangeSignal& changes() { return changes_; }
  const Clock& clock() const { return clock_; }
  const SpoolOptions& options() const { return options_; }
  const std::string& directory() const { return directory_; }

  // Pages in use against bytes_max and against what the disk can still give.
  Result<Usage> usage();
  // Errors: kSpoolFull. Asked before a new recording begins; never in the middle of one.
  Result<void> require_room();

 private:
  Spool(std::string directory, SpoolOptions options, const Clock& clock, sqlite::DirectoryLock lock)
      : directory_(std::move(directory)),
        options_(std::move(options)),
        clock_(clock),
        lock_(std::move(lock)) {}
  Result<std::unique_ptr<sqlite::Database>> borrow();
  void give_back(std::unique_ptr<sqlite::Database> reader);
  std::string file() const { return directory_ + "/spool.db"; }

  const std::string directory_;
  const SpoolOptions options_;
  const Clock& clock_;
  sqlite::DirectoryLock lock_;
  ChangeSignal changes_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<sqlite::Database>> readers_;  // guarded by mutex_; idle ones
  std::unique_ptr<sqlite::WriterThread> writer_;            // ends before the readers and the lock
};

// The bytes of a message, for binding; and back. Errors: kStorageDamaged, naming what.
template <class Message>
Result<Message> parse(std::string_view bytes, const std::string& what) {
  Message message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Error{ErrorCode::kStorageDamaged, what};
  }
  return message;
}

}  // namespace ecg::spool
