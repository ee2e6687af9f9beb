#include "gateway/spool/recordings.h"

#include "common/base/limits.h"
#include "gateway/spool/changes.h"
#include "gateway/spool/study_rows.h"

namespace ecg::spool {
namespace {

// Waiting recordings whose upload has something to do. Of those nobody has decided on, a few at a time are
// begun: the center lets a gateway have limits::kUploadsPerGateway uploads open, and sent studies must find
// room there.
const std::string kOutboundCondition =
    "r.confirmed_at = 0 AND r.samples_kept = 1 AND r.frames > 0 AND "
    "(r.disposition <> 0 OR r.durable_frames < r.frames OR r.closed_at = 0) AND "
    "(r.disposition <> 0 OR r.first_acknowledged_at > 0 OR (SELECT count(*) FROM recordings AS u WHERE "
    "u.confirmed_at = 0 AND u.disposition = 0 AND u.first_acknowledged_at > 0) < " +
    std::to_string(limits::kUploadsPerGateway / 2) + ")";

// Nobody asks a recording to wait longer: a later time was written before the clock was set back.
constexpr std::chrono::minutes kTryWaitMax{11};

Result<Outbound> outbound_from(const sqlite::Statement& row, int columns) {
  Outbound out;
  ECG_ASSIGN(out.row, recording_from(row, 0));
  ECG_ASSIGN(out.registration, parse<ecg::v1::StudyRegistration>(row.blob_view(columns), "registration"));
  ECG_ASSIGN(out.format, parse<ecg::v1::RecordingFormat>(row.blob_view(columns + 1), "recording format"));
  out.order = row.integer(columns + 2);
  return out;
}

constexpr int kRecordingColumnCount = 21;

// Columns of recordings under the alias r, with what Outbound adds. The registration is the study's, as it
// stands.
std::string outbound_query(const std::string& rest) {
  std::string columns = "r." + kRecordingColumns;
  for (std::size_t at = 0; (at = columns.find(", ", at)) != std::string::npos; at += 4)
    columns.insert(at + 2, "r.");
  return "SELECT " + columns +
         ", CASE WHEN r.upload_id = s.upload_id THEN s.registration ELSE r.registration END, r.format, "
         "s.priority "
         "FROM recordings AS r JOIN studies AS s ON s.study_id = r.study_id WHERE " +
         rest;
}

}  // namespace

namespace change {

Result<void> append_block(sqlite::Database& database, const UploadId& upload,
                          const ecg::v1::SampleBlock& block) {
  const auto first = static_cast<std::int64_t>(block.first_frame());
  ECG_TRY(
      database
          .prepare("UPDATE recordings SET frames = ? WHERE upload_id = ? AND frames = ? AND closed_at = 0")
          .bind(first + block.frame_count(), upload, first)
          .run());
  if (database.changes() != 1) {
    return Error{ErrorCode::kUploadOffsetMismatch, "recording " + upload.value,
                 "frame " + std::to_string(first)};
  }
  const std::string bytes = block.SerializeAsString();
  return database.prepare("INSERT INTO blocks(upload_id, first_frame, message) VALUES(?, ?, ?)")
      .bind(upload, first, sqlite::Blob{bytes})
      .run();
}

Result<void> end_recording(sqlite::Database& database, const UploadId& upload, const Ending& ending,
                           Timestamp now) {
  ECG_ASSIGN(const auto row, recording_by_id(database, upload.value));
  if (!row) return Error{ErrorCode::kNotFound, "recording " + upload.value};
  if (row->closed_at) return {};
  if (row->frames != ending.frames || ending.frames == 0) {
    return Error{ErrorCode::kDigestMismatch, "recording " + upload.value,
                 "frames differ from what is stored"};
  }
  auto priority = database.prepare("SELECT priority FROM studies WHERE study_id = ?");
  priority.bind(row->study_id);
  ECG_ASSIGN(const bool found, priority.step());
  const bool send =
      row->send_when_done || (ending.send_if_stat && found && priority.integer(0) == ecg::v1::PRIORITY_STAT);
  const auto disposition = !send            ? ecg::v1::CLOSE_DISPOSITION_UNSPECIFIED
                           : ending.partial ? ecg::v1::CLOSE_DISPOSITION_PARTIAL
                                            : ecg::v1::CLOSE_DISPOSITION_COMPLETE;
  ECG_TRY(
      database
          .prepare(
              "UPDATE recordings SET closed_at = ?, sha256 = ?, partial = ?, quality = ?, disposition = ? "
              "WHERE upload_id = ?")
          .bind(now, sqlite::Blob{ending.sha256}, ending.partial ? 1 : 0, ending.quality, disposition, upload)
          .run());
  return database.prepare("UPDATE studies SET phase = ? WHERE study_id = ? AND upload_id = ?")
      .bind(send ? Phase::kSent : Phase::kAwaitingDecision, row->study_id, upload)
      .run();
}

}  // namespace change

void append_block(Spool& spool, const UploadId& upload, const ecg::v1::SampleBlock& block, Spool::Done done) {
  spool.post(
      [upload, block](sqlite::Database& database) { return change::append_block(database, upload, block); },
      std::move(done));
}

Result<void> end_recording(Spool& spool, const UploadId& upload, const Ending& ending) {
  return spool.write([upload, ending, now = spool.clock().now()](sqlite::Database& database) {
    return change::end_recording(database, upload, ending, now);
  });
}

Result<Outbound> find_outbound(Spool& spool, const UploadId& upload) {
  return spool.read([&](sqlite::Database& database) -> Result<Outbound> {
    auto query = database.prepare(outbound_query("r.upload_id = ?"));
    query.bind(upload);
    ECG_ASSIGN(const bool found, query.step());
    if (!found) return Error{ErrorCode::kNotFound, "recording " + upload.value};
    return outbound_from(query, kRecordingColumnCount);
  });
}

Result<std::vector<Outbound>> list_outbound(Spool& spool, std::size_t limit) {
  return spool.read([&](sqlite::Database& database) -> Result<std::vector<Outbound>> {
    std::vector<Outbound> all;
    auto query = database.prepare(outbound_query(
        kOutboundCondition +
        " AND (r.next_try_at <= ?1 OR r.next_try_at > ?1 + ?2) ORDER BY CASE WHEN s.priority = ?3 THEN 0 "
        "WHEN r.closed_at = 0 THEN 1 ELSE 2 END, s.priority, r.begun_at LIMIT ?4"));
    query.bind(spool.clock().now(), Duration(kTryWaitMax).count(), ecg::v1::PRIORITY_STAT, limit);
    while (true) {
      ECG_ASSIGN(const bool more, query.step());
      if (!more) return all;
      ECG_ASSIGN(auto one, outbound_from(query, kRecordingColumnCount));
      all.push_back(std::move(one));
    }
  });
}

Result<std::optional<Timestamp>> next_due(Spool& spool) {
  return spool.read([&](sqlite::Database& database) -> Result<std::optional<Timestamp>> {
    auto query = database.prepare("SELECT min(r.next_try_at) FROM recordings AS r WHERE " +
                                  kOutboundCondition + " AND r.next_try_at > 0");
    ECG_ASSIGN(const bool found, query.step());
    if (!found) return std::optional<Timestamp>();
    return query.optional_time(0);
  });
}

Result<std::vector<ecg::v1::SampleBlock>> blocks_from(Spool& spool, const UploadId& upload,
                                                      std::int64_t first, std::size_t count) {
  return spool.read([&](sqlite::Database& database) -> Result<std::vector<ecg::v1::SampleBlock>> {
    std::vector<ecg::v1::SampleBlock> blocks;
    auto query = database.prepare(
        "SELECT message FROM blocks WHERE upload_id = ?1 AND first_frame >= ifnull((SELECT max(first_frame) "
        "FROM blocks "
        "WHERE upload_id = ?1 AND first_frame <= ?2), 0) ORDER BY first_frame LIMIT ?3");
    query.bind(upload, first, count + 1);
    while (blocks.size() < count) {
      ECG_ASSIGN(const bool more, query.step());
      if (!more) break;
      ECG_ASSIGN(auto block, parse<ecg::v1::SampleBlock>(query.blob_view(0), "block of " + upload.value));
      const auto end = static_cast<std::int64_t>(block.first_frame()) + block.frame_count();
      if (end > first) blocks.push_back(std::move(block));
    }
    return blocks;
  });
}

void note_acknowledged(Spool& spool, const UploadId& upload, std::int64_t durable_frames) {
  spool.post(
      [upload, durable_frames, now = spool.clock().now()](sqlite::Database& database) {
        return database
            .prepare(
                "UPDATE recordings SET durable_frames = max(durable_frames, ?1), error_code = 0, "
                "error_subject = '', first_acknowledged_at = CASE WHEN first_acknowledged_at = 0 AND ?1 > 0 "
                "THEN ?2 ELSE first_acknowledged_at END WHERE upload_id = ?3")
            .bind(durable_frames, now, upload)
            .run();
      },
      [](const Result<void>&) {});  // the center's number is asked again at every opening
}

Result<void> note_failure(Spool& spool, const UploadId& upload, const Error& error, Timestamp next_try_at) {
  return spool.write([=](sqlite::Database& database) {
    return database
        .prepare(
            "UPDATE recordings SET tries = tries + 1, next_try_at = ?, error_code = ?, error_subject = ? "
            "WHERE upload_id = ?")
        .bind(next_try_at, facts(error.code).catalogue, error.subject, upload)
        .run();
  });
}

Result<void> try_all_now(Spool& spool) {
  return spool.write([](sqlite::Database& database) {
    return database
        .prepare("UPDATE recordings SET next_try_at = 0 WHERE confirmed_at = 0 AND next_try_at > 0")
        .run();
  });
}

Result<void> confirm(Spool& spool, const UploadId& upload, const ecg::v1::StorageReceipt& receipt) {
  return spool.write(
      [upload, receipt, now = spool.clock().now()](sqlite::Database& database) -> Result<void> {
        const std::string bytes = receipt.SerializeAsString();
        ECG_TRY(database
                    .prepare("UPDATE recordings SET receipt = ?, confirmed_at = ?, durable_frames = frames, "
                             "error_code = 0, error_subject = '', next_try_at = 0 WHERE upload_id = ? AND "
                             "confirmed_at = 0")
                    .bind(sqlite::Blob{bytes}, now, upload)
                    .run());
        return database
            .prepare(
                "UPDATE studies SET phase = ?1 WHERE upload_id = ?2 AND EXISTS "
                "(SELECT 1 FROM recordings WHERE upload_id = ?2 AND disposition IN (1, 2))")
            .bind(Phase::kConfirmed, upload)
            .run();
      });
}

Result<int> let_go_of_confirmed(Spool& spool) {
  constexpr int kAtOnce = 20;
  ECG_ASSIGN(const Usage usage, spool.usage());
  const bool tight = usage.used_fraction > Usage::kWarning;
  const std::size_t keep = tight ? 0 : spool.options().keep_confirmed;
  int emptied = 0;
  const auto written = spool.write([&emptied, keep](sqlite::Database& database) -> Result<void> {
    std::vector<std::string> uploads;
    {
      auto query = database.prepare(
          "SELECT upload_id FROM recordings WHERE confirmed_at > 0 AND samples_kept = 1 ORDER BY "
          "confirmed_at DESC "
          "LIMIT -1 OFFSET ?");
      query.bind(keep);
      while (true) {
        ECG_ASSIGN(const bool more, query.step());
        if (!more) break;
        uploads.push_back(query.text(0));
      }
    }
    while (!uploads.empty() && emptied < kAtOnce) {  // the last is the oldest
      ECG_TRY(database.prepare("DELETE FROM blocks WHERE upload_id = ?").bind(uploads.back()).run());
      ECG_TRY(database.prepare("UPDATE recordings SET samples_kept = 0 WHERE upload_id = ?")
                  .bind(uploads.back())
                  .run());
      uploads.pop_back();
      ++emptied;
    }
    return {};
  });
  if (!written.ok()) return written.error();
  return emptied;
}

Result<StoredRecording> load_recording(Spool& spool, const UploadId& upload) {
  ECG_ASSIGN(const Outbound found, find_outbound(spool, upload));
  if (!found.row.samples_kept) return Error{ErrorCode::kNotFound, "samples of recording " + upload.value};
  StoredRecording stored{found.format, {}};
  ECG_ASSIGN(const auto messages,
             blocks_from(spool, upload, 0, static_cast<std::size_t>(limits::kStudyFramesMax)));
  for (const auto& message : messages) {
    auto block = wire::decode_block(message, found.format.leads_size());
    if (!block.ok())
      return Error{ErrorCode::kStorageDamaged, "recording " + upload.value, block.error().subject};
    stored.blocks.push_back(std::move(block).value());
  }
  return stored;
}

}  // namespace ecg::spool
