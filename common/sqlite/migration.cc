#include "common/sqlite/migration.h"

#include <string>

namespace ecg::sqlite {

namespace {

Result<std::int64_t> pragma(Database& database, std::string_view name) {
  Statement query = database.prepare("PRAGMA " + std::string(name));
  ECG_ASSIGN(const bool row, query.step());
  return row ? query.integer(0) : 0;
}

Result<void> run(Database& writer, std::span<const Migration> steps, std::int64_t version,
                 std::int64_t application_id) {
  for (auto i = static_cast<std::size_t>(version); i < steps.size(); ++i) {
    ECG_TRY(writer.execute(std::string(steps[i].sql)));
  }
  return writer.execute("PRAGMA application_id=" + std::to_string(application_id) +
                        "; PRAGMA user_version=" + std::to_string(steps.size()));
}

}  // namespace

Result<void> migrate(Database& writer, std::span<const Migration> steps, std::int64_t application_id) {
  ECG_ASSIGN(const std::int64_t version, pragma(writer, "user_version"));
  ECG_ASSIGN(const std::int64_t kind, pragma(writer, "application_id"));
  if (version > 0 && kind != application_id) {
    return Error{ErrorCode::kStorageDamaged, writer.path(), "application_id " + std::to_string(kind), 0};
  }
  const auto newest = static_cast<std::int64_t>(steps.size());
  if (version > newest) {
    return Error{ErrorCode::kStoreNewer, writer.path(), "version " + std::to_string(version), 0};
  }
  if (version == newest) return {};
  ECG_TRY(writer.execute("BEGIN EXCLUSIVE"));
  auto outcome = run(writer, steps, version, application_id);
  if (outcome.ok()) outcome = writer.execute("COMMIT");
  if (!outcome.ok() && writer.in_transaction()) (void)writer.execute("ROLLBACK");
  return outcome;
}

}  // namespace ecg::sqlite
