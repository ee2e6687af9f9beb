#include "server/store/sqlite/verification.h"

#include "common/sqlite/backup.h"
#include "server/store/sqlite/schema.h"
#include "server/store/sqlite/transaction.h"

namespace ecg::store {

namespace {

Result<std::vector<UploadId>> all_uploads(sqlite::Database& database) {
  auto query = database.prepare("SELECT id FROM upload ORDER BY number");
  std::vector<UploadId> ids;
  for (;;) {
    ECG_ASSIGN(const bool row, query.step());
    if (!row) return ids;
    ids.push_back(query.id<UploadId>(0));
  }
}

Result<void> check_kind(sqlite::Database& database) {
  auto query = database.prepare(
      "SELECT a.application_id, v.user_version FROM pragma_application_id a, "
      "pragma_user_version v");
  ECG_ASSIGN(const bool row, query.step());
  if (!row || query.integer(0) != kApplicationId) {
    return Error{ErrorCode::kStorageDamaged, database.path(), "not a center's file", 0};
  }
  if (query.integer(1) > static_cast<std::int64_t>(schema().size())) {
    return Error{ErrorCode::kStoreNewer, database.path()};
  }
  return {};
}

}  // namespace

Result<Verification> verify_uploads(
    const std::function<Result<void>(const std::function<Result<void>(const Snapshot&, sqlite::Database&)>&)>&
        read) {
  Verification result;
  std::vector<UploadId> ids;
  ECG_TRY(read([&](const Snapshot& snapshot, sqlite::Database& database) -> Result<void> {
    ECG_ASSIGN(ids, all_uploads(database));
    ECG_ASSIGN(result.studies, snapshot.study_count());
    return {};
  }));
  for (const auto& id : ids) {
    auto checked = read([&](const Snapshot& snapshot, sqlite::Database&) {
      return snapshot.read_blocks(id, [&](const BlockRecord& block) -> Result<void> {
        ++result.blocks;
        result.bytes += block.block.size();
        return {};
      });
    });
    ++result.uploads;
    if (checked.ok()) continue;
    if (checked.error().code != ErrorCode::kStorageDamaged) return checked.error();
    result.damaged.push_back(id);
  }
  return result;
}

Result<Verification> verify_file(const std::string& path) {
  ECG_ASSIGN(const auto database, sqlite::Database::open(path, sqlite::Role::kCopy));
  ECG_TRY(check_kind(*database));
  ECG_TRY(sqlite::check_integrity(*database));
  const SqliteSnapshot snapshot(*database);
  return verify_uploads([&](const auto& reading) { return reading(snapshot, *database); });
}

}  // namespace ecg::store
