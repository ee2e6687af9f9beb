// Brings a file to the newest form, all or nothing.
#pragma once

#include <span>
#include <string_view>

#include "common/sqlite/database.h"

namespace ecg::sqlite {

// Step i of the list leads from version i to version i + 1. A published step never changes.
struct Migration {
  std::string_view sql;
};

// Runs what is missing in one transaction; the version stands in user_version, the kind of file in
// application_id (any number that tells our files apart). May be run again at any time. Errors: kStoreNewer
// (written by a newer program), kStorageDamaged (another kind of file), those of Database.
Result<void> migrate(Database& writer, std::span<const Migration> steps, std::int64_t application_id);

}  // namespace ecg::sqlite
