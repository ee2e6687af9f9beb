// A consistent copy of a database that is in use, made page by page by the writer connection itself, so that
// intake goes on and nobody else ever touches the file.
#pragma once

#include <memory>
#include <string>

#include "common/sqlite/database.h"

namespace ecg::sqlite {

// Threads: the writer's only.
class Backup {
 public:
  // The copy grows under "<path>.partial"; path itself appears when it is complete and on stable storage.
  // Errors: kFileExists (path is there already), those of Database.
  static Result<std::unique_ptr<Backup>> begin(Database& writer, const std::string& path);
  ~Backup();  // an unfinished copy is removed
  Backup(const Backup&) = delete;
  Backup& operator=(const Backup&) = delete;

  // Copies up to so many pages. True: the copy is complete and path exists.
  Result<bool> step(int pages);

 private:
  struct State;
  explicit Backup(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Whole-file check of a copy nobody has open. Errors: kStorageDamaged names what is wrong.
Result<void> check_integrity(Database& database);

}  // namespace ecg::sqlite
