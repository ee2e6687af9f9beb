#include "common/sqlite/writer_thread.h"

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <future>
#include <utility>

#include "common/sqlite/savepoint.h"

namespace ecg::sqlite {

namespace {

constexpr int kExitAfterStorageFailure = 74;
constexpr std::int64_t kCheckpointPages = 1000;  // 4 MB of WAL, SQLite's own default
constexpr int kBackupPagesAtOnce = 128;
constexpr std::int32_t kRetryWhenOverloadedMs = 1000;

}  // namespace

WriterThread::WriterThread(std::unique_ptr<Database> writer, WriterOptions options)
    : options_(std::move(options)), writer_(std::move(writer)), thread_([this] { run(); }) {}

WriterThread::~WriterThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void WriterThread::submit(Change change, Done done) {
  std::optional<Error> refused;
  {
    const std::lock_guard lock(mutex_);
    if (failed_) {
      refused = *failed_;
    } else if (stopping_) {
      refused = Error{ErrorCode::kShuttingDown, writer_->path()};
    } else if (queue_.size() >= options_.queue_max) {
      refused = Error{ErrorCode::kOverloaded, "changes waiting to be stored", {}, kRetryWhenOverloadedMs};
    } else {
      queue_.push_back({std::move(change), std::move(done)});
    }
  }
  if (refused) {
    done(*refused);
  } else {
    wake_.notify_one();
  }
}

Result<void> WriterThread::submit_wait(Change change) {
  if (std::this_thread::get_id() == thread_.get_id()) {
    return Error{ErrorCode::kInternal, "the writer's thread would wait for itself"};
  }
  std::promise<Result<void>> answer;
  auto answered = answer.get_future();
  submit(std::move(change), [&answer](Result<void> result) { answer.set_value(std::move(result)); });
  return answered.get();
}

Result<void> WriterThread::backup(const std::string& path) {
  std::promise<Result<void>> answer;
  auto answered = answer.get_future();
  {
    const std::lock_guard lock(mutex_);
    if (failed_) return *failed_;
    if (stopping_) return Error{ErrorCode::kShuttingDown, path};
    if (backup_done_) return Error{ErrorCode::kOverloaded, "another backup", {}, kRetryWhenOverloadedMs};
    wanted_ = path;
    backup_done_ = [&answer](Result<void> result) { answer.set_value(std::move(result)); };
  }
  wake_.notify_one();
  return answered.get();
}

WriterFigures WriterThread::figures() const {
  const std::lock_guard lock(mutex_);
  WriterFigures figures = figures_;
  figures.waiting = queue_.size();
  return figures;
}

void WriterThread::run() {
  for (;;) {
    std::vector<Item> batch;
    {
      std::unique_lock lock(mutex_);
      const bool copying = backup_ != nullptr;
      if (!copying) wake_.wait(lock, [this] { return stopping_ || !queue_.empty() || wanted_; });
      if (stopping_ && queue_.empty()) break;
      batch = next_batch(lock);
    }
    if (!batch.empty()) apply(std::move(batch));
    step_backup();
  }
  Done backup_done;
  {
    const std::lock_guard lock(mutex_);
    backup_done = std::exchange(backup_done_, nullptr);
  }
  backup_.reset();
  if (backup_done) backup_done(Error{ErrorCode::kShuttingDown, writer_->path()});
}

// Waits a moment for company, unless enough is there or a backup wants to go on.
std::vector<WriterThread::Item> WriterThread::next_batch(std::unique_lock<std::mutex>& lock) {
  if (!queue_.empty() && backup_ == nullptr) {
    wake_.wait_for(lock, options_.gather,
                   [this] { return stopping_ || queue_.size() >= options_.batch_max; });
  }
  std::vector<Item> batch;
  while (!queue_.empty() && batch.size() < options_.batch_max) {
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return batch;
}

void WriterThread::apply(std::vector<Item> batch) {
  {
    std::optional<Error> failed;
    {
      const std::lock_guard lock(mutex_);
      failed = failed_;
    }
    if (failed) {
      for (auto& item : batch) item.done(*failed);
      return;
    }
  }
  std::vector<Result<void>> answers(batch.size());
  auto committed = apply_all(batch, answers);
  if (!committed.ok()) {
    if (writer_->in_transaction()) (void)writer_->execute("ROLLBACK");
    for (auto& item : batch) item.done(committed.error());
    if (committed.error().code == ErrorCode::kStorageFailed) fail(committed.error());
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    ++figures_.commits;
    for (const auto& answer : answers) figures_.changes += answer.ok() ? 1 : 0;
  }
  if (options_.after_commit) options_.after_commit();
  for (std::size_t i = 0; i < batch.size(); ++i) batch[i].done(std::move(answers[i]));
  const auto moved = checkpoint_when_long();
  if (!moved.ok() && moved.error().code == ErrorCode::kStorageFailed) fail(moved.error());
}

// Everything of the batch in one commit. An error here means that nothing of it is stored.
Result<void> WriterThread::apply_all(std::vector<Item>& batch, std::vector<Result<void>>& answers) {
  ECG_TRY(writer_->prepare("BEGIN IMMEDIATE").run());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    answers[i] = apply_one(batch[i]);
    if (answers[i].ok()) continue;
    if (answers[i].error().code == ErrorCode::kStorageFailed) return answers[i].error();
    if (!writer_->in_transaction()) return answers[i].error();  // SQLite undid the others as well
  }
  return writer_->prepare("COMMIT").run();
}

Result<void> WriterThread::apply_one(const Item& item) {
  ECG_ASSIGN(auto savepoint, Savepoint::begin(*writer_));
  try {
    ECG_TRY(item.change(*writer_));
  } catch (const std::exception& e) {
    return Error{ErrorCode::kInternal, "a change to the store", e.what(), 0};
  }
  return savepoint.release();
}

Result<void> WriterThread::checkpoint_when_long() {
  const std::int64_t pages = writer_->wal_pages();
  if (pages < checkpointed_pages_) checkpointed_pages_ = 0;  // the WAL began anew
  if (pages - checkpointed_pages_ < kCheckpointPages) return {};
  checkpointed_pages_ = pages;
  return writer_->checkpoint();
}

void WriterThread::step_backup() {
  std::optional<std::string> wanted;
  {
    const std::lock_guard lock(mutex_);
    wanted = std::exchange(wanted_, std::nullopt);
  }
  Result<bool> complete = false;
  if (wanted) {
    auto begun = Backup::begin(*writer_, *wanted);
    if (begun.ok()) {
      backup_ = std::move(begun).value();
    } else {
      complete = begun.error();
    }
  }
  if (backup_ == nullptr && complete.ok()) return;
  if (backup_ != nullptr) complete = backup_->step(kBackupPagesAtOnce);
  if (complete.ok() && !*complete) return;
  backup_.reset();
  Done done;
  {
    const std::lock_guard lock(mutex_);
    done = std::exchange(backup_done_, nullptr);
  }
  done(complete.ok() ? Result<void>() : Result<void>(complete.error()));
}

void WriterThread::fail(const Error& error) {
  std::deque<Item> waiting;
  {
    const std::lock_guard lock(mutex_);
    if (failed_) return;
    failed_ = error;
    waiting.swap(queue_);
  }
  writer_->abandon();
  for (auto& item : waiting) item.done(error);
  if (options_.on_fatal) {
    options_.on_fatal(error);
    return;
  }
  std::fprintf(stderr, "%s\n", printable(error, Language::kEnglish).c_str());
  std::_Exit(kExitAfterStorageFailure);
}

}  // namespace ecg::sqlite
