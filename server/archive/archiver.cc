#include "server/archive/archiver.h"

#include <string>
#include <utility>
#include <vector>

#include "common/base/log.h"
#include "common/wire/block_codec.h"
#include "common/wire/recording_digest.h"

namespace ecg::archive {
namespace {

Error unsound(const store::UploadRecord& upload, const char* what) {
  return Error{ErrorCode::kStorageDamaged, "upload " + upload.id.value, what};
}

// Joins blocks as they arrived into long ones.
class Packer {
 public:
  Packer(int leads, std::vector<store::BlockRecord>& out)
      : leads_(leads), gaps_(static_cast<std::size_t>(leads)), out_(out) {}

  Result<void> add(const wire::Block& block) {
    const auto width = static_cast<std::size_t>(leads_);
    if (frames() + block.samples.size() / width > static_cast<std::size_t>(limits::kArchiveBlockFramesMax)) {
      ECG_TRY(flush());
    }
    if (joined_.samples.empty()) joined_.first_frame = block.first_frame;
    joined_.samples.insert(joined_.samples.end(), block.samples.begin(), block.samples.end());
    for (const wire::Gap& gap : block.gaps) {
      std::vector<wire::Gap>& of_lead = gaps_[gap.lead];
      if (!of_lead.empty() && of_lead.back().end == gap.begin) {
        of_lead.back().end = gap.end;
      } else {
        of_lead.push_back(gap);
      }
    }
    return {};
  }

  Result<void> flush() {
    if (joined_.samples.empty()) return {};
    for (std::vector<wire::Gap>& of_lead : gaps_) {
      joined_.gaps.insert(joined_.gaps.end(), of_lead.begin(), of_lead.end());
      of_lead.clear();
    }
    ECG_ASSIGN(const auto message, wire::encode_archive_block(joined_, leads_));
    out_.push_back({joined_.first_frame, message.frame_count(), message.SerializeAsString()});
    joined_ = {};
    return {};
  }

 private:
  std::size_t frames() const { return joined_.samples.size() / static_cast<std::size_t>(leads_); }

  int leads_;
  wire::Block joined_;
  std::vector<std::vector<wire::Gap>> gaps_;
  std::vector<store::BlockRecord>& out_;
};

Result<wire::Block> decoded(const store::BlockRecord& stored, int leads) {
  v1::SampleBlock message;
  if (!message.ParseFromString(stored.block)) return Error{ErrorCode::kStorageDamaged, "block"};
  return wire::decode_stored_block(message, leads);
}

std::uint64_t bytes_of(const std::vector<store::BlockRecord>& blocks) {
  std::uint64_t bytes = 0;
  for (const store::BlockRecord& block : blocks) bytes += block.block.size();
  return bytes;
}

// The same recording in long blocks, read back from their bytes and compared by the digest of its receipt.
// Errors: kStorageDamaged.
Result<std::vector<store::BlockRecord>> packed(const store::UploadRecord& upload,
                                               const std::vector<store::BlockRecord>& arrived) {
  v1::RecordingFormat format;
  if (!format.ParseFromString(upload.format)) return unsound(upload, "format");
  const int leads = format.leads_size();
  if (leads < 1 || leads > limits::kLeadsMax) return unsound(upload, "leads");
  std::vector<store::BlockRecord> out;
  Packer packer(leads, out);
  for (const store::BlockRecord& stored : arrived) {
    const auto block = decoded(stored, leads);
    if (!block.ok()) return unsound(upload, "block");
    ECG_TRY(packer.add(*block));
  }
  ECG_TRY(packer.flush());
  wire::RecordingDigest digest(leads);
  for (const store::BlockRecord& stored : out) {
    const auto block = decoded(stored, leads);
    if (!block.ok() || !digest.add(*block).ok()) return unsound(upload, "packed block");
  }
  const wire::Digest found = digest.digest();
  if (upload.sha256 != std::string(reinterpret_cast<const char*>(found.data()), found.size())) {
    return unsound(upload, "digest");
  }
  return out;
}

}  // namespace

Archiver::Archiver(store::Store& store, const Clock& clock, Metrics& metrics, ArchiverOptions options)
    : store_(store),
      clock_(clock),
      options_(options),
      packed_(metrics.counter("ecg_recordings_packed_total", "Recordings at rest packed into long blocks")),
      saved_bytes_(metrics.counter("ecg_packed_bytes_saved_total", "Bytes that packing made free")) {}

Result<std::size_t> Archiver::run() {
  std::vector<store::UploadRecord> due;
  ECG_TRY(store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(due, snapshot.uploads_to_archive(clock_.now() - options_.rest, options_.uploads_per_round));
    return {};
  }));
  for (const store::UploadRecord& upload : due) ECG_TRY(pack(upload));
  return due.size();
}

Result<void> Archiver::pack(const store::UploadRecord& upload) {
  std::vector<store::BlockRecord> arrived, tight;
  const auto found = store_.read([&](const store::Snapshot& snapshot) {
    return snapshot.read_blocks(upload.id, [&](const store::BlockRecord& block) -> Result<void> {
      arrived.push_back(block);
      return {};
    });
  });
  Result<std::vector<store::BlockRecord>> made = found.ok() ? packed(upload, arrived) : found.error();
  if (made.ok()) {
    tight = std::move(*made);
  } else if (made.error().code == ErrorCode::kStorageDamaged) {
    log::error("recording_not_packed", made.error());
  } else {
    return made.error();
  }
  const std::uint64_t before = bytes_of(arrived), after = bytes_of(tight);
  // Noise may not pack: then what is there stays.
  if (after >= before) tight.clear();
  ECG_TRY(store_.write_wait(
      [&](store::Transaction& transaction) { return transaction.archive_upload(upload.id, tight); }));
  if (tight.empty()) return {};
  packed_.add();
  saved_bytes_.add(static_cast<double>(before - after));
  return {};
}

}  // namespace ecg::archive
