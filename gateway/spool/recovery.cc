#include "common/wire/recording_digest.h"
#include "gateway/spool/recordings.h"
#include "gateway/spool/study_rows.h"

namespace ecg::spool {
namespace {

// The recording never had a durable sample, so nobody can have seen one.
Result<void> forget(Spool& spool, const UploadId& upload) {
  return spool.write([upload](sqlite::Database& database) -> Result<void> {
    ECG_TRY(database.prepare("UPDATE studies SET phase = ?, upload_id = '' WHERE upload_id = ?")
                .bind(Phase::kRegistered, upload)
                .run());
    return database.prepare("DELETE FROM recordings WHERE upload_id = ? AND frames = 0").bind(upload).run();
  });
}

}  // namespace

Result<void> end_with_what_is_stored(Spool& spool, const UploadId& upload) {
  ECG_ASSIGN(const StoredRecording stored, load_recording(spool, upload));
  if (stored.blocks.empty()) return forget(spool, upload);
  wire::RecordingDigest digest(stored.format.leads_size());
  for (const wire::Block& block : stored.blocks) ECG_TRY(digest.add(block));
  Ending ending;
  ending.frames = static_cast<std::int64_t>(digest.frames());
  ending.sha256 = wire::as_bytes(digest.digest());
  ending.partial = true;
  ending.send_if_stat = true;
  return end_recording(spool, upload, ending);
}

Result<int> end_unfinished(Spool& spool) {
  const auto uploads = spool.read([](sqlite::Database& database) -> Result<std::vector<UploadId>> {
    std::vector<UploadId> found;
    auto query = database.prepare("SELECT upload_id FROM recordings WHERE closed_at = 0");
    while (true) {
      ECG_ASSIGN(const bool more, query.step());
      if (!more) return found;
      found.push_back(query.id<UploadId>(0));
    }
  });
  if (!uploads.ok()) return uploads.error();
  for (const UploadId& upload : *uploads) ECG_TRY(end_with_what_is_stored(spool, upload));
  return static_cast<int>(uploads->size());
}

}  // namespace ecg::spool
