#include "server/store/sqlite/sqlite_store.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>

#include "common/sqlite/directory_lock.h"
#include "common/sqlite/migration.h"
#include "common/sqlite/savepoint.h"
#include "common/sqlite/writer_thread.h"
#include "server/store/sqlite/schema.h"
#include "server/store/sqlite/transaction.h"
#include "server/store/sqlite/verification.h"

namespace ecg::store {

namespace {

constexpr const char* kEpochSetting = "center_epoch";

// Reading connections, lent one at a time.
class Readers {
 public:
  explicit Readers(std::vector<std::unique_ptr<sqlite::Database>> idle) : idle_(std::move(idle)) {}

  class Loan {
   public:
    Loan(Readers& readers, std::unique_ptr<sqlite::Database> database)
        : readers_(readers), database_(std::move(database)) {}
    ~Loan() { readers_.give_back(std::move(database_)); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    sqlite::Database& operator*() const { return *database_; }

   private:
    Readers& readers_;
    std::unique_ptr<sqlite::Database> database_;
  };

  Loan borrow() {
    std::unique_lock lock(mutex_);
    free_.wait(lock, [this] { return !idle_.empty(); });
    auto database = std::move(idle_.back());
    idle_.pop_back();
    return {*this, std::move(database)};
  }

 private:
  void give_back(std::unique_ptr<sqlite::Database> database) {
    {
      const std::lock_guard lock(mutex_);
      idle_.push_back(std::move(database));
    }
    free_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable free_;
  std::vector<std::unique_ptr<sqlite::Database>> idle_;  // guarded by mutex_
};

class SqliteStore final : public Store {
 public:
  SqliteStore(sqlite::DirectoryLock lock, std::unique_ptr<sqlite::Database> writer,
              std::vector<std::unique_ptr<sqlite::Database>> readers, std::string epoch,
              SqliteOptions options)
      : lock_(std::move(lock)), epoch_(std::move(epoch)), readers_(std::move(readers)) {
    sqlite::WriterOptions writing;
    writing.gather = options.gather;
    writing.on_fatal = std::move(options.on_fatal);
    writing.after_commit = [this] { announce(); };
    writer_ = std::make_unique<sqlite::WriterThread>(std::move(writer), std::move(writing));
  }

  void write(Change change, Done done) override {
    writer_->submit(in_transaction(std::move(change)), std::move(done));
  }
  Result<void> write_wait(Change change) override {
    return writer_->submit_wait(in_transaction(std::move(change)));
  }

  Result<void> read(const Reading& reading) const override {
    return read_with([&](const Snapshot& snapshot, sqlite::Database&) { return reading(snapshot); });
  }

  std::uint64_t subscribe(Listener listener) override {
    const std::lock_guard lock(listeners_mutex_);
    listeners_.emplace(++last_subscription_, std::move(listener));
    return last_subscription_;
  }

  void unsubscribe(std::uint64_t subscription) override {
    const std::lock_guard lock(listeners_mutex_);
    listeners_.erase(subscription);
  }

  std::string center_epoch() const override { return epoch_; }
  Result<void> backup(const std::string& path) override { return writer_->backup(path); }

  Result<Verification> verify() const override {
    return verify_uploads([this](const auto& reading) { return read_with(reading); });
  }

  StoreFigures figures() const override {
    const auto figures = writer_->figures();
    return {figures.commits, figures.changes, figures.waiting};
  }

 private:
  sqlite::WriterThread::Change in_transaction(Change change) {
    return [this, change = std::move(change)](sqlite::Database& database) -> Result<void> {
      SqliteTransaction transaction(database);
      ECG_TRY(change(transaction));
      appended_ = std::max(appended_, transaction.appended_event());
      return {};
    };
  }

  template <class Read>
  Result<void> read_with(const Read& reading) const {
    const auto loan = readers_.borrow();
    ECG_ASSIGN(const auto view, sqlite::ReadTransaction::begin(*loan));
    return reading(SqliteSnapshot(*loan), *loan);
  }

  void announce() {
    const std::uint64_t newest = std::exchange(appended_, 0);
    if (newest == 0) return;
    const std::lock_guard lock(listeners_mutex_);
    for (const auto& [subscription, listener] : listeners_) listener(newest);
  }

  // Constant after construction; in this order, so that readers close before the writer and the lock goes
  // last.
  const sqlite::DirectoryLock lock_;
  const std::string epoch_;

  std::uint64_t appended_ = 0;  // the writer's thread only: newest event not announced yet

  std::mutex listeners_mutex_;
  std::map<std::uint64_t, Listener> listeners_;  // guarded by listeners_mutex_
  std::uint64_t last_subscription_ = 0;          // guarded by listeners_mutex_

  std::unique_ptr<sqlite::WriterThread> writer_;
  mutable Readers readers_;
};

Result<std::string> epoch_of(sqlite::Database& writer, Random& random) {
  SqliteTransaction transaction(writer);
  ECG_ASSIGN(auto epoch, transaction.setting(kEpochSetting));
  if (epoch) return *epoch;
  const std::string fresh = random_id(random);
  ECG_TRY(transaction.put_setting(kEpochSetting, fresh));
  return fresh;
}

Result<std::unique_ptr<sqlite::Database>> open_writer(const std::string& directory, const std::string& vfs) {
  ECG_ASSIGN(auto writer, sqlite::Database::open(directory + "/center.sqlite", sqlite::Role::kWriter, {vfs}));
  ECG_TRY(sqlite::migrate(*writer, schema(), kApplicationId));
  ECG_TRY(sqlite::sync_directory(directory));
  return writer;
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& directory, Random& random,
                                                 SqliteOptions options) {
  ECG_ASSIGN(auto lock, sqlite::DirectoryLock::acquire(directory));
  ECG_ASSIGN(auto writer, open_writer(directory, options.vfs));
  ECG_ASSIGN(auto epoch, epoch_of(*writer, random));
  std::vector<std::unique_ptr<sqlite::Database>> readers;
  for (int i = 0; i < std::max(1, options.readers); ++i) {
    ECG_ASSIGN(auto reader, sqlite::Database::open(writer->path(), sqlite::Role::kReader, {options.vfs}));
    readers.push_back(std::move(reader));
  }
  return std::unique_ptr<Store>(std::make_unique<SqliteStore>(
      std::move(lock), std::move(writer), std::move(readers), std::move(epoch), std::move(options)));
}

}  // namespace ecg::store
