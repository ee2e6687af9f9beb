#include "common/sqlite/savepoint.h"

#include <utility>

namespace ecg::sqlite {

Result<Savepoint> Savepoint::begin(Database& database) {
  ECG_TRY(database.prepare("SAVEPOINT part").run());
  return Savepoint(database);
}

Savepoint::Savepoint(Savepoint&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}

Savepoint::~Savepoint() {
  // SQLite itself may already have undone the whole transaction (disk full, I/O error); then there is nothing
  // to undo.
  if (database_ == nullptr || !database_->in_transaction()) return;
  (void)database_->prepare("ROLLBACK TO part").run();
  (void)database_->prepare("RELEASE part").run();
}

Result<void> Savepoint::release() {
  ECG_TRY(database_->prepare("RELEASE part").run());
  database_ = nullptr;
  return {};
}

Result<ReadTransaction> ReadTransaction::begin(Database& database) {
  ECG_TRY(database.prepare("BEGIN").run());
  return ReadTransaction(database);
}

ReadTransaction::ReadTransaction(ReadTransaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

ReadTransaction::~ReadTransaction() {
  if (database_ != nullptr && database_->in_transaction()) (void)database_->prepare("COMMIT").run();
}

}  // namespace ecg::sqlite
