// The SHA-256 of a whole recording, as CloseUpload.sha256 in upload.proto defines it. It depends on samples
// and gaps alone: not on how they were cut into blocks, nor on any codec.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "common/base/result.h"
#include "common/wire/block_codec.h"
#include "common/wire/sha256.h"

namespace ecg::wire {

// Feed blocks in order from frame 0. Not thread-safe.
class RecordingDigest {
 public:
  // leads in [1, limits::kLeadsMax]; anything else stops the process.
  explicit RecordingDigest(int leads);

  // Errors: kUploadOffsetMismatch when the block does not begin at frames(); nothing is added then.
  // Requires: block.samples is whole frames (decode_block sees to it).
  Result<void> add(const Block& block);

  std::uint64_t frames() const { return frames_; }
  // Every maximal gap so far, by lead and begin.
  std::vector<Gap> gaps() const;
  // Of everything so far; more may follow.
  Digest digest() const;

 private:
  std::size_t leads_;
  std::uint64_t frames_ = 0;
  Sha256 samples_;
  std::vector<std::vector<Gap>> gaps_;  // per lead, maximal
};

}  // namespace ecg::wire
