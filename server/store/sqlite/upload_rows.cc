// Uploads and their blocks.
#include "common/wire/crc32c.h"
#include "server/store/sqlite/columns.h"
#include "server/store/sqlite/transaction.h"

namespace ecg::store {

namespace {

using sqlite::Blob;

constexpr const char* kUpload =
    "id,gateway,site,study,attempt,format,state,durable_frames,stored_bytes,partial,sha256,receipt,reason,"
    "opened_at,"
    "closed_at";

UploadRecord upload(Columns& c) {
  UploadRecord r;
  r.id = c.id<UploadId>();
  r.gateway = c.id<GatewayId>();
  r.site = c.id<SiteId>();
  r.study = c.id<StudyId>();
  r.attempt = c.small();
  r.format = c.blob();
  r.state = c.number(UploadState::kQuarantined);
  r.durable_frames = c.natural();
  r.stored_bytes = c.natural();
  r.partial = c.flag();
  r.sha256 = c.blob();
  r.receipt = c.blob();
  r.reason = c.small();
  r.opened_at = c.time();
  r.closed_at = c.optional_time();
  return r;
}

std::span<const std::uint8_t> as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Binds the bytes to their place, so that a block under another upload or frame is found as well as a changed
// one.
std::uint32_t row_checksum(const UploadId& id, std::uint64_t first_frame, std::uint32_t frame_count,
                           std::string_view block) {
  std::string place = id.value;
  for (int i = 0; i < 8; ++i) place.push_back(static_cast<char>(first_frame >> (8 * i)));
  for (int i = 0; i < 4; ++i) place.push_back(static_cast<char>(frame_count >> (8 * i)));
  return wire::crc32c(as_bytes(block), wire::crc32c(as_bytes(place)));
}

Error damaged(const UploadId& id, std::uint64_t frame) {
  return Error{ErrorCode::kStorageDamaged, "upload " + id.value + " at frame " + std::to_string(frame)};
}

}  // namespace

Result<std::optional<UploadRecord>> SqliteSnapshot::find_upload(const UploadId& id) const {
  static const std::string sql = std::string("SELECT ") + kUpload + " FROM upload WHERE id=?";
  auto query = prepare(sql);
  query.bind(id);
  return find_row<UploadRecord>(query, upload, "upload");
}

Result<std::vector<UploadRecord>> SqliteSnapshot::uploads_of_study(const StudyId& study) const {
  static const std::string sql =
      std::string("SELECT ") + kUpload + " FROM upload WHERE study=? ORDER BY number";
  auto query = prepare(sql);
  query.bind(study);
  return all_rows<UploadRecord>(query, upload, "upload");
}

Result<std::uint32_t> SqliteSnapshot::open_uploads(const GatewayId& gateway) const {
  auto query = prepare("SELECT count(*) FROM upload WHERE gateway=? AND state=0");
  query.bind(gateway);
  ECG_ASSIGN(const bool row, query.step());
  return row ? static_cast<std::uint32_t>(query.integer(0)) : 0U;
}

Result<std::vector<UploadRecord>> SqliteSnapshot::uploads_to_archive(Timestamp closed_before,
                                                                     std::size_t limit) const {
  static const std::string sql =
      std::string("SELECT ") + kUpload +
      " FROM upload WHERE state=1 AND archived=0 AND closed_at<? ORDER BY closed_at LIMIT ?";
  auto query = prepare(sql);
  query.bind(closed_before, limit);
  return all_rows<UploadRecord>(query, upload, "upload");
}

Result<std::vector<UploadRecord>> SqliteSnapshot::quarantined_uploads(std::size_t limit) const {
  static const std::string sql = std::string("SELECT ") + kUpload +
                                 " FROM upload WHERE state=3 OR reason<>0 ORDER BY opened_at DESC LIMIT ?";
  auto query = prepare(sql);
  query.bind(limit);
  return all_rows<UploadRecord>(query, upload, "upload");
}

Result<void> SqliteSnapshot::read_blocks(const UploadId& id,
                                         const std::function<Result<void>(const BlockRecord&)>& each) const {
  ECG_ASSIGN(const auto found, find_upload(id));
  if (!found) return Error{ErrorCode::kNotFound, id.value};
  auto query = prepare(
      "SELECT first_frame, frame_count, crc32c, block FROM block WHERE upload=(SELECT number FROM upload "
      "WHERE id=?) "
      "ORDER BY first_frame");
  query.bind(id);
  std::uint64_t next = 0;
  for (;;) {
    ECG_ASSIGN(const bool row, query.step());
    if (!row) break;
    BlockRecord block{static_cast<std::uint64_t>(query.integer(0)),
                      static_cast<std::uint32_t>(query.integer(1)), query.blob(3)};
    const auto stored = static_cast<std::uint32_t>(query.integer(2));
    if (block.first_frame != next ||
        stored != row_checksum(id, block.first_frame, block.frame_count, block.block)) {
      return damaged(id, next);
    }
    next += block.frame_count;
    ECG_TRY(each(block));
  }
  if (next != found->durable_frames) return damaged(id, next);
  return {};
}

Result<void> SqliteTransaction::put_upload(const UploadRecord& r) {
  static const std::string sql = upsert("upload", kUpload, "id");
  return prepare(sql)
      .bind(r.id, r.gateway, r.site, r.study, r.attempt, Blob{r.format}, r.state, r.durable_frames,
            r.stored_bytes, r.partial, Blob{r.sha256}, Blob{r.receipt}, r.reason, r.opened_at, r.closed_at)
      .run();
}

Result<void> SqliteTransaction::append_block(const UploadId& id, const BlockRecord& block) {
  ECG_TRY(prepare("UPDATE upload SET durable_frames=durable_frames+?, stored_bytes=stored_bytes+? "
                  "WHERE id=? AND state=0 AND durable_frames=?")
              .bind(block.frame_count, block.block.size(), id, block.first_frame)
              .run());
  if (database_.changes() != 1) {
    ECG_ASSIGN(const auto found, find_upload(id));
    if (!found) return Error{ErrorCode::kNotFound, id.value};
    if (found->state != UploadState::kOpen) return Error{ErrorCode::kUploadClosed, id.value};
    return Error{ErrorCode::kUploadOffsetMismatch, id.value + ": durable " +
                                                       std::to_string(found->durable_frames) + ", sent " +
                                                       std::to_string(block.first_frame)};
  }
  return insert_block(id, block);
}

Result<void> SqliteTransaction::insert_block(const UploadId& id, const BlockRecord& block) {
  return prepare(
             "INSERT INTO block(upload,first_frame,frame_count,crc32c,block) "
             "VALUES((SELECT number FROM upload WHERE id=?),?,?,?,?)")
      .bind(id, block.first_frame, block.frame_count,
            row_checksum(id, block.first_frame, block.frame_count, block.block), Blob{block.block})
      .run();
}

Result<void> SqliteTransaction::archive_upload(const UploadId& id, const std::vector<BlockRecord>& blocks) {
  ECG_ASSIGN(const auto found, find_upload(id));
  if (!found || found->state != UploadState::kClosed) return Error{ErrorCode::kNotFound, id.value};
  if (blocks.empty()) return prepare("UPDATE upload SET archived=1 WHERE id=?").bind(id).run();
  std::uint64_t next = 0, bytes = 0;
  for (const BlockRecord& block : blocks) {
    if (block.first_frame != next) return Error{ErrorCode::kUploadOffsetMismatch, id.value};
    next += block.frame_count;
    bytes += block.block.size();
  }
  if (next != found->durable_frames) return Error{ErrorCode::kUploadOffsetMismatch, id.value};
  ECG_TRY(prepare("DELETE FROM block WHERE upload=(SELECT number FROM upload WHERE id=?)").bind(id).run());
  for (const BlockRecord& block : blocks) ECG_TRY(insert_block(id, block));
  return prepare("UPDATE upload SET archived=1, stored_bytes=? WHERE id=?").bind(bytes, id).run();
}

}  // namespace ecg::store
