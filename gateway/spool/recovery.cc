#include "common/base/log.h"
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

// Adds the stored blocks up to the first that is missing or damaged.
Result<void> add_good_blocks(Spool& spool, const UploadId& upload, int leads, wire::RecordingDigest& digest) {
  return spool.read([&](sqlite::Database& database) -> Result<void> {
    auto query = database.prepare("SELECT message FROM blocks WHERE upload_id = ? ORDER BY first_frame");
    query.bind(upload);
    while (true) {
      const auto more = query.step();
      if (!more.ok() && more.error().code != ErrorCode::kStorageDamaged) return more.error();
      if (!more.ok() || !*more) return {};
      const auto message = parse<ecg::v1::SampleBlock>(query.blob_view(0), "block of " + upload.value);
      if (!message.ok()) return {};
      const auto block = wire::decode_block(*message, leads);
      if (!block.ok() || !digest.add(*block).ok()) return {};
    }
  });
}

Result<void> cut_off_at(Spool& spool, const UploadId& upload, std::int64_t frames) {
  return spool.write([upload, frames](sqlite::Database& database) -> Result<void> {
    ECG_TRY(database.prepare("DELETE FROM blocks WHERE upload_id = ? AND first_frame >= ?")
                .bind(upload, frames)
                .run());
    return database.prepare("UPDATE recordings SET frames = ? WHERE upload_id = ? AND closed_at = 0")
        .bind(frames, upload)
        .run();
  });
}

}  // namespace

Result<void> end_with_what_is_stored(Spool& spool, const UploadId& upload) {
  ECG_ASSIGN(const Outbound found, find_outbound(spool, upload));
  if (found.row.closed_at) return {};
  wire::RecordingDigest digest(found.format.leads_size());
  ECG_TRY(add_good_blocks(spool, upload, found.format.leads_size(), digest));
  Ending ending;
  ending.frames = static_cast<std::int64_t>(digest.frames());
  if (ending.frames < found.row.frames) {
    log::error("recording_damaged",
               {{"upload", upload.value}, {"frames", found.row.frames}, {"kept", ending.frames}});
    ECG_TRY(cut_off_at(spool, upload, ending.frames));
  }
  if (ending.frames == 0) return forget(spool, upload);
  ending.sha256 = wire::as_bytes(digest.digest());
  ending.partial = ending.frames < found.row.wanted_frames;
  ending.send_if_stat = true;
  return end_recording(spool, upload, ending);
}

Result<Unfinished> end_unfinished(Spool& spool) {
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
  Unfinished all;
  for (const UploadId& upload : *uploads) {
    const auto ended = end_with_what_is_stored(spool, upload);
    if (ended.ok()) {
      ++all.ended;
    } else {
      log::error("recording_not_ended", ended.error(), {{"upload", upload.value}});
      all.left.push_back(upload);
    }
  }
  return all;
}

Result<void> renew_upload(Spool& spool, const UploadId& upload, const UploadId& renewed,
                          Timestamp next_try_at) {
  ECG_ASSIGN(const Outbound found, find_outbound(spool, upload));
  if (!found.row.closed_at || found.row.confirmed_at) {
    return Error{ErrorCode::kEventRefused, "upload " + upload.value, "not ended, or confirmed"};
  }
  wire::RecordingDigest digest(found.format.leads_size());
  ECG_TRY(add_good_blocks(spool, upload, found.format.leads_size(), digest));
  if (static_cast<std::int64_t>(digest.frames()) != found.row.frames ||
      wire::as_bytes(digest.digest()) != found.row.sha256) {
    return Error{ErrorCode::kStorageDamaged, "recording " + upload.value};
  }
  return spool.write([upload, renewed, next_try_at](sqlite::Database& database) -> Result<void> {
    // A new row first: the blocks refer to it.
    ECG_TRY(
        database
            .prepare("INSERT INTO recordings(upload_id, study_id, attempt, format, registration, begun_at, "
                     "wanted_frames, send_when_done, frames, closed_at, sha256, partial, quality, "
                     "disposition, tries, next_try_at, renewals) "
                     "SELECT ?1, study_id, attempt, format, registration, begun_at, wanted_frames, "
                     "send_when_done, frames, closed_at, sha256, partial, quality, disposition, tries + 1, "
                     "?2, renewals + 1 FROM recordings WHERE upload_id = ?3 AND confirmed_at = 0 AND "
                     "renewals < ?4")
            .bind(renewed, next_try_at, upload, kRenewalsMax)
            .run());
    if (database.changes() != 1)
      return Error{ErrorCode::kEventRefused, "upload " + upload.value, "renewed too often"};
    for (const char* change : {"UPDATE blocks SET upload_id = ?1 WHERE upload_id = ?2",
                               "UPDATE studies SET upload_id = ?1 WHERE upload_id = ?2"}) {
      ECG_TRY(database.prepare(change).bind(renewed, upload).run());
    }
    return database.prepare("DELETE FROM recordings WHERE upload_id = ?").bind(upload).run();
  });
}

}  // namespace ecg::spool
