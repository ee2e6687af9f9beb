#include "gateway/spool/site.h"

#include <algorithm>

namespace ecg::spool {
namespace {

constexpr const char* kSettings = "site_settings";

Result<void> put_value(sqlite::Database& database, const std::string& name, const std::string& value) {
  return database
      .prepare("INSERT INTO settings(name, value) VALUES(?1, ?2) ON CONFLICT DO UPDATE SET value = ?2")
      .bind(name, sqlite::Blob{value})
      .run();
}

Result<std::string> value_of(sqlite::Database& database, const std::string& name) {
  auto query = database.prepare("SELECT value FROM settings WHERE name = ?");
  query.bind(name);
  ECG_ASSIGN(const bool found, query.step());
  return found ? query.blob(0) : std::string();
}

Result<ecg::v1::SiteSettings> settings_in(sqlite::Database& database) {
  ECG_ASSIGN(const std::string bytes, value_of(database, kSettings));
  return parse<ecg::v1::SiteSettings>(bytes, "site settings");
}

// Whether somebody is still an operator here with the password that was checked.
bool unchanged(const ecg::v1::SiteSettings& settings, const ecg::v1::Operator& verified) {
  return std::any_of(settings.operators().begin(), settings.operators().end(), [&](const auto& one) {
    return one.id() == verified.id() && one.password_hash() == verified.password_hash();
  });
}

}  // namespace

Result<void> store_value(Spool& spool, const std::string& name, const std::string& value) {
  return spool.write([name, value](sqlite::Database& database) { return put_value(database, name, value); });
}

Result<std::string> load_value(Spool& spool, const std::string& name) {
  return spool.read([&](sqlite::Database& database) { return value_of(database, name); });
}

Result<void> store_settings(Spool& spool, const ecg::v1::SiteSettings& settings) {
  return spool.write([settings](sqlite::Database& database) -> Result<void> {
    ECG_ASSIGN(const auto stored, settings_in(database));
    if (settings.revision() < stored.revision()) return {};
    for (const auto& before : stored.operators()) {
      if (unchanged(settings, before)) continue;
      ECG_TRY(
          database.prepare("DELETE FROM operator_sessions WHERE operator_id = ?").bind(before.id()).run());
    }
    return put_value(database, kSettings, settings.SerializeAsString());
  });
}

Result<ecg::v1::SiteSettings> load_settings(Spool& spool) {
  return spool.read([](sqlite::Database& database) { return settings_in(database); });
}

Result<void> begin_session(Spool& spool, const std::string& token_sha256, const ecg::v1::Operator& verified) {
  return spool.write([=, now = spool.clock().now()](sqlite::Database& database) -> Result<void> {
    ECG_ASSIGN(const auto settings, settings_in(database));
    if (!unchanged(settings, verified)) return Error{ErrorCode::kSignInRefused, ""};
    ECG_TRY(database.prepare("DELETE FROM operator_sessions WHERE begun_at <= ?")
                .bind(now - kOperatorSessionLifetime)
                .run());
    return database
        .prepare(
            "INSERT INTO operator_sessions(token_sha256, operator_id, begun_at, used_at) VALUES(?1, ?2, ?3, "
            "?3)")
        .bind(sqlite::Blob{token_sha256}, verified.id(), now)
        .run();
  });
}

Result<std::optional<OperatorSession>> find_session(Spool& spool, const std::string& token_sha256) {
  return spool.read([&](sqlite::Database& database) -> Result<std::optional<OperatorSession>> {
    auto query = database.prepare(
        "SELECT operator_id, begun_at, used_at FROM operator_sessions WHERE token_sha256 = ?");
    query.bind(sqlite::Blob{token_sha256});
    ECG_ASSIGN(const bool found, query.step());
    if (!found) return std::optional<OperatorSession>();
    return std::optional(OperatorSession{query.text(0), query.time(1), query.time(2)});
  });
}

void touch_session(Spool& spool, const std::string& token_sha256) {
  spool.post(
      [token_sha256, now = spool.clock().now()](sqlite::Database& database) {
        return database.prepare("UPDATE operator_sessions SET used_at = ? WHERE token_sha256 = ?")
            .bind(now, sqlite::Blob{token_sha256})
            .run();
      },
      [](const Result<void>&) {});  // the session then ends a little earlier
}

Result<void> end_session(Spool& spool, const std::string& token_sha256) {
  return spool.write([token_sha256](sqlite::Database& database) {
    return database.prepare("DELETE FROM operator_sessions WHERE token_sha256 = ?")
        .bind(sqlite::Blob{token_sha256})
        .run();
  });
}

Result<void> store_import(Spool& spool, const ecg::v1::ImportedFile& file) {
  return spool.write([file, now = spool.clock().now()](sqlite::Database& database) {
    return database
        .prepare(
            "INSERT INTO imports(file_name, at, error_code, subject, study_id, kept_as) VALUES(?, ?, ?, ?, "
            "?, ?)")
        .bind(file.file_name(), now, file.error_code(), file.subject(), file.study_id(), file.kept_as())
        .run();
  });
}

Result<std::vector<ecg::v1::ImportedFile>> list_imports(Spool& spool, std::size_t limit) {
  return spool.read([&](sqlite::Database& database) -> Result<std::vector<ecg::v1::ImportedFile>> {
    std::vector<ecg::v1::ImportedFile> files;
    auto query = database.prepare(
        "SELECT file_name, at, error_code, subject, study_id, kept_as FROM imports ORDER BY id DESC LIMIT ?");
    query.bind(limit);
    while (true) {
      ECG_ASSIGN(const bool more, query.step());
      if (!more) return files;
      ecg::v1::ImportedFile file;
      file.set_file_name(query.text(0));
      const std::int64_t us = query.integer(1);
      file.mutable_at()->set_seconds(us / 1'000'000);
      file.mutable_at()->set_nanos(static_cast<std::int32_t>(us % 1'000'000) * 1000);
      file.set_error_code(static_cast<std::uint32_t>(query.integer(2)));
      file.set_subject(query.text(3));
      file.set_study_id(query.text(4));
      file.set_kept_as(query.text(5));
      files.push_back(std::move(file));
    }
  });
}

}  // namespace ecg::spool
