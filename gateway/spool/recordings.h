// Recordings and their samples: written as they come, read by the uplink, let go after the center's receipt.
#pragma once

#include <vector>

#include "ecg/v1/recording.pb.h"

#include "common/wire/block_codec.h"
#include "gateway/spool/rows.h"
#include "gateway/spool/spool.h"

namespace ecg::spool {

// Queues one block behind those before it; done after it is on stable storage. Never blocks.
// Errors (to done): kUploadOffsetMismatch when it does not follow the stored ones or the recording is closed;
// storage errors. After an error every later block is refused too, so what is stored is always a prefix.
void append_block(Spool& spool, const UploadId& upload, const ecg::v1::SampleBlock& block, Spool::Done done);

struct Ending {
  std::int64_t frames = 0;
  std::string sha256;  // as CloseUpload says
  bool partial = false;
  ecg::v1::QualityGrade quality = ecg::v1::QUALITY_GRADE_UNSPECIFIED;
  bool send_if_stat = false;  // nobody may be there to decide
};
// Ends a recording. It is sent where the operator asked for that at the start; else it awaits the operator's
// decision. Durable before it answers. A repeat changes nothing. Errors:
// kNotFound, kDigestMismatch (frames differ from what is stored; end_with_what_is_stored is the way out).
Result<void> end_recording(Spool& spool, const UploadId& upload, const Ending& ending);

// Ends a recording with exactly the stored blocks, as partial unless they are all that was wanted; from a
// damaged block on they are given up. Without any the recording is forgotten and its study is registered
// again. A repeat changes nothing.
Result<void> end_with_what_is_stored(Spool& spool, const UploadId& upload);
struct Unfinished {
  int ended = 0;
  std::vector<UploadId> left;  // that could not be ended now: to be tried again
};
// After a crash: does that for every recording that had not ended.
Result<Unfinished> end_unfinished(Spool& spool);

// The center cannot complete the upload, while what is stored here is whole: the recording goes on as another
// upload from its first frame, not before next_try_at. At most kRenewalsMax times for one recording.
// Errors: kNotFound, kStorageDamaged (what is stored is not what was recorded), kEventRefused (not ended,
// confirmed, or too often).
inline constexpr int kRenewalsMax = 3;
Result<void> renew_upload(Spool& spool, const UploadId& upload, const UploadId& renewed,
                          Timestamp next_try_at);

// What the uplink needs to open and close an upload.
struct Outbound {
  RecordingRow row;
  ecg::v1::StudyRegistration registration;
  ecg::v1::RecordingFormat format;
  std::int64_t order = 0;  // 1 STAT .. 4 screening
};
// Errors: kNotFound.
Result<Outbound> find_outbound(Spool& spool, const UploadId& upload);
// Recordings that have something to send now: STAT first, then those being recorded, then by
// class, then the oldest.
// Left out: those waiting for their next try, those wholly acknowledged that await a decision, and undecided
// ones not yet begun while half of limits::kUploadsPerGateway undecided ones are open at the center.
Result<std::vector<Outbound>> list_outbound(Spool& spool, std::size_t limit);
// When the earliest of those that wait for their next try is due; empty: none waits.
Result<std::optional<Timestamp>> next_due(Spool& spool);

// Stored blocks that contain frames at or after first, in order; at most count.
Result<std::vector<ecg::v1::SampleBlock>> blocks_from(Spool& spool, const UploadId& upload,
                                                      std::int64_t first, std::size_t count);

// The center acknowledged so many frames. Never blocks; the number only grows.
void note_acknowledged(Spool& spool, const UploadId& upload, std::int64_t durable_frames);
// A try failed. next_try_at: not before then.
Result<void> note_failure(Spool& spool, const UploadId& upload, const Error& error, Timestamp next_try_at);
// Lets every waiting recording try at once (the line is back).
Result<void> try_all_now(Spool& spool);
// The verified receipt is here. The study is confirmed unless the recording was set aside.
Result<void> confirm(Spool& spool, const UploadId& upload, const ecg::v1::StorageReceipt& receipt);

// Drops the samples of the oldest confirmed recordings beyond options().keep_confirmed; of all confirmed
// ones, the oldest first, while the spool is above Usage::kWarning. Answers how many recordings were emptied.
Result<int> let_go_of_confirmed(Spool& spool);

// All samples of a study's current recording. Errors: kNotFound (no recording, or no longer kept here),
// kStorageDamaged.
struct StoredRecording {
  ecg::v1::RecordingFormat format;
  std::vector<wire::Block> blocks;
};
Result<StoredRecording> load_recording(Spool& spool, const UploadId& upload);

}  // namespace ecg::spool
