// The recording behind a study, put together from its stored blocks.
#pragma once

#include "ecg/v1/recording.pb.h"

#include "dsp/signal.h"
#include "server/store/store.h"

namespace ecg::store {

struct StoredRecording {
  UploadRecord upload;
  v1::RecordingFormat format;
  dsp::Recording recording;
};

// Errors: kNotFound (no such upload), kStorageDamaged (a block is missing or does not match its checksum, or
// the whole does not match the digest of the closed upload), kStorageFailed.
Result<StoredRecording> load_recording(const Snapshot& snapshot, const UploadId& id);

}  // namespace ecg::store
