// The one thread that writes to a database: changes from any thread, gathered into group commits, answered
// after the commit that holds them is on stable storage. Used by the center's store and by the gateway's
// spool.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/base/limits.h"
#include "common/sqlite/backup.h"
#include "common/sqlite/database.h"

namespace ecg::sqlite {

struct WriterOptions {
  std::size_t queue_max = limits::kWriteQueueMax;
  std::size_t batch_max = 256;  // changes in one commit
  std::chrono::microseconds gather{
      2000};  // how long the first change of a batch waits for company; at most 10 ms
  // Called after each successful commit of at least one change, before its changes are answered. Writer's
  // thread.
  std::function<void()> after_commit;
  // Called once, on the writer's thread, after everyone waiting got kStorageFailed: the process ends now,
  // non-zero, and recovers by restart. Empty: the process ends here with status 74.
  std::function<void(const Error&)> on_fatal;
};

struct WriterFigures {
  std::uint64_t commits = 0;
  std::uint64_t changes = 0;  // committed
  std::size_t waiting = 0;    // in the queue now
};

class WriterThread {
 public:
  // A change runs on the writer's thread inside a savepoint of its own: an error undoes it alone, and is its
  // answer. It does no I/O but the database's and keeps short.
  using Change = std::function<Result<void>(Database&)>;
  // Called once, on the writer's thread, after the commit that holds the change returned (or with the error
  // that kept it out). Keeps short; may submit(), must not wait.
  using Done = std::function<void(Result<void>)>;

  // Takes the writer connection. Requires Role::kWriter.
  WriterThread(std::unique_ptr<Database> writer, WriterOptions options);
  // Finishes what is queued, then ends the thread and closes the connection. Every Done is called before this
  // returns.
  ~WriterThread();

  // Queues a change; never blocks. Changes are applied in the order of submission. Any thread.
  // done gets: kOverloaded (queue full; at once, on the caller's thread), kStorageFull with retry_after_ms
  // (the batch was undone; later ones are tried again), kStorageFailed (an I/O error: nothing will be
  // acknowledged any more), kShuttingDown, or what the change itself answered.
  void submit(Change change, Done done);

  // submit() and waits for its answer. Not on the writer's thread (answers kInternal there).
  Result<void> submit_wait(Change change);

  // Copies the database to path between batches, and waits for it (backup.h). One at a time: kOverloaded.
  Result<void> backup(const std::string& path);

  WriterFigures figures() const;

 private:
  struct Item {
    Change change;
    Done done;
  };
  void run();
  std::vector<Item> next_batch(std::unique_lock<std::mutex>& lock);
  void apply(std::vector<Item> batch);
  Result<void> apply_all(std::vector<Item>& batch, std::vector<Result<void>>& answers);
  Result<void> apply_one(const Item& item);
  Result<void> checkpoint_when_long();
  void step_backup();
  void fail(const Error& error);

  const WriterOptions options_;
  const std::unique_ptr<Database> writer_;  // the writer's thread only

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Item> queue_;             // guarded by mutex_
  bool stopping_ = false;              // guarded by mutex_
  std::optional<Error> failed_;        // guarded by mutex_; set once
  std::optional<std::string> wanted_;  // guarded by mutex_; path of a backup not yet begun
  Done backup_done_;                   // guarded by mutex_; set while a backup is wanted or runs
  WriterFigures figures_;              // guarded by mutex_

  std::unique_ptr<Backup> backup_;  // the writer's thread only
  std::int64_t checkpointed_pages_ = 0;
  std::thread thread_;
};

}  // namespace ecg::sqlite
