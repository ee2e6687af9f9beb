// Waveform blocks: consecutive sample frames of all leads, compressed without loss
// (docs/formats/waveform-block.md). The only code that knows how a block's payload is laid out.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ecg/v1/recording.pb.h"

#include "common/base/result.h"

namespace ecg::wire {

// [begin, end) of one lead without signal, in frames from the start of the recording.
struct Gap {
  std::uint32_t lead = 0;  // position in RecordingFormat.leads
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  friend auto operator<=>(const Gap&, const Gap&) = default;
};

struct Block {
  std::uint64_t first_frame = 0;
  std::vector<std::int32_t> samples;  // frame after frame, leads in the format's order
  std::vector<Gap> gaps;  // ascending by lead and begin, neither touching nor overlapping, inside the block
};

// Requires: leads in [1, limits::kLeadsMax]; samples of 1 to limits::kBlockFramesMax frames; gaps as Block
// says. Errors:   kInvalidField when one of these does not hold.
Result<ecg::v1::SampleBlock> encode_block(const Block& block, int leads);

// The same for a recording at rest: up to limits::kArchiveBlockFramesMax frames, smaller and slower.
Result<ecg::v1::SampleBlock> encode_archive_block(const Block& block, int leads);

// What encode_block was given, exactly. The message may come from anywhere: every size is checked before it
// is believed, memory stays below a fixed multiple of limits::kBlockFramesMax * leads. Errors:
// kChecksumMismatch, kFileMalformed (right checksum, wrong content), kFormatUnsupported (unknown codec),
//         kTooLarge. The subject names the frame, never samples.
Result<Block> decode_block(const ecg::v1::SampleBlock& message, int leads);

// The same for blocks from the store, which may also be archive blocks; decode_block refuses those as
// kFormatUnsupported.
Result<Block> decode_stored_block(const ecg::v1::SampleBlock& message, int leads);

// The checksum recording.proto defines over the message's other fields.
std::uint32_t block_checksum(const ecg::v1::SampleBlock& message);

}  // namespace ecg::wire
