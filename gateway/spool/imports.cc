#include "gateway/spool/imports.h"

#include "gateway/spool/changes.h"

namespace ecg::spool {

Result<std::string> store_imported(Spool& spool, const ImportedStudy& study) {
  std::string stored = study.recording.study_id.value;
  const std::string name = "import:" + study.content_sha256;
  const auto written =
      spool.write([&, now = spool.clock().now()](sqlite::Database& database) -> Result<void> {
        auto known = database.prepare("SELECT value FROM settings WHERE name = ?");
        known.bind(name);
        ECG_ASSIGN(const bool found, known.step());
        if (found) {
          stored = known.text(0);
          return {};
        }
        ECG_TRY(change::register_study(database, study.registration, now));
        ECG_TRY(change::begin_recording(database, study.recording));
        for (const auto& block : study.blocks)
          ECG_TRY(change::append_block(database, study.recording.upload_id, block));
        ECG_TRY(change::end_recording(database, study.recording.upload_id, study.ending, now));
        return database.prepare("INSERT INTO settings(name, value) VALUES(?, ?)")
            .bind(name, sqlite::Blob{study.recording.study_id.value})
            .run();
      });
  if (!written.ok()) return written.error();
  return stored;
}

}  // namespace ecg::spool
