#include "server/store/stored_recording.h"

#include <string>
#include <utility>

#include "common/wire/block_codec.h"
#include "common/wire/convert.h"
#include "common/wire/recording_digest.h"

namespace ecg::store {
namespace {

Error damaged(const UploadId& id, std::string detail) {
  return Error{ErrorCode::kStorageDamaged, "upload " + id.value, std::move(detail)};
}

}  // namespace

Result<StoredRecording> load_recording(const Snapshot& snapshot, const UploadId& id) {
  ECG_ASSIGN(auto upload, snapshot.find_upload(id));
  if (!upload) return Error{ErrorCode::kNotFound, "upload " + id.value};
  v1::RecordingFormat format;
  if (!format.ParseFromString(upload->format) || !wire::check_format(format).ok()) {
    return damaged(id, "format");
  }
  wire::RecordingAssembler assembler(format);
  wire::RecordingDigest digest(format.leads_size());
  ECG_TRY(snapshot.read_blocks(id, [&](const BlockRecord& stored) -> Result<void> {
    v1::SampleBlock message;
    if (!message.ParseFromString(stored.block)) return damaged(id, "block");
    auto block = wire::decode_stored_block(message, format.leads_size());
    if (!block.ok()) return damaged(id, block.error().detail);
    if (const auto added = digest.add(block.value()); !added.ok()) return damaged(id, added.error().detail);
    if (const auto added = assembler.add(block.value()); !added.ok())
      return damaged(id, added.error().detail);
    return {};
  }));
  if (digest.frames() != upload->durable_frames) return damaged(id, "frames missing");
  if (!upload->sha256.empty()) {
    const auto found = digest.digest();
    if (upload->sha256 != std::string(reinterpret_cast<const char*>(found.data()), found.size())) {
      return damaged(id, "digest");
    }
  }
  return StoredRecording{std::move(*upload), std::move(format), assembler.take()};
}

}  // namespace ecg::store
