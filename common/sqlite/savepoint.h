// A part of a transaction that is kept whole or dropped whole.
#pragma once

#include "common/sqlite/database.h"

namespace ecg::sqlite {

// Ends by release(); leaving the scope without it undoes everything since begin(). May be nested.
class Savepoint {
 public:
  static Result<Savepoint> begin(Database& database);
  ~Savepoint();
  Savepoint(Savepoint&& other) noexcept;
  Savepoint& operator=(Savepoint&&) = delete;
  Result<void> release();

 private:
  explicit Savepoint(Database& database) : database_(&database) {}
  Database* database_;  // nullptr: ended
};

// A consistent view over several reads: everything read until the end of the scope is of one moment.
class ReadTransaction {
 public:
  static Result<ReadTransaction> begin(Database& database);
  ~ReadTransaction();
  ReadTransaction(ReadTransaction&& other) noexcept;
  ReadTransaction& operator=(ReadTransaction&&) = delete;

 private:
  explicit ReadTransaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace ecg::sqlite
