#include "common/wire/block_codec.h"

#include <string>

#include "common/base/limits.h"
#include "common/wire/context_mix.h"
#include "common/wire/context_rans.h"
#include "common/wire/crc32c.h"
#include "common/wire/delta2_zstd.h"

namespace ecg::wire {
namespace {

std::string at_frame(std::uint64_t frame) {
  return "block at frame " + std::to_string(frame);
}

template <class T>
std::uint32_t crc_of(T value, std::uint32_t before) {
  std::uint8_t bytes[sizeof(T)];
  for (std::size_t i = 0; i < sizeof(T); ++i) bytes[i] = static_cast<std::uint8_t>(value >> (8 * i));
  return crc32c(bytes, before);
}

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

bool gaps_in_order(const std::vector<Gap>& gaps, std::uint64_t first, std::uint64_t end, std::size_t leads) {
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    const Gap& gap = gaps[i];
    if (gap.lead >= leads || gap.begin < first || gap.end > end || gap.begin >= gap.end) return false;
    if (i == 0) continue;
    const Gap& before = gaps[i - 1];
    if (gap.lead < before.lead || (gap.lead == before.lead && gap.begin <= before.end)) return false;
  }
  return true;
}

bool leads_allowed(int leads) {
  return leads >= 1 && leads <= limits::kLeadsMax;
}

using Codec = ecg::v1::BlockCodec;

struct Limits {
  std::int64_t frames;
  std::size_t bytes;
};
Limits limits_of(Codec codec) {
  if (codec == ecg::v1::BLOCK_CODEC_CONTEXT_MIX) {
    return {limits::kArchiveBlockFramesMax, limits::kArchiveBlockBytesMax};
  }
  return {limits::kBlockFramesMax, limits::kBlockBytesMax};
}

Result<ecg::v1::SampleBlock> encode(const Block& block, int leads, Codec codec) {
  const auto width = static_cast<std::size_t>(leads);
  if (!leads_allowed(leads) || block.samples.empty() || block.samples.size() % width != 0 ||
      block.samples.size() / width > static_cast<std::size_t>(limits_of(codec).frames)) {
    return Error{ErrorCode::kInvalidField, at_frame(block.first_frame), "frames or leads outside the limits"};
  }
  const std::size_t frames = block.samples.size() / width;
  if (!gaps_in_order(block.gaps, block.first_frame, block.first_frame + frames, width)) {
    return Error{ErrorCode::kInvalidField, at_frame(block.first_frame),
                 "gaps out of order or outside the block"};
  }
  ecg::v1::SampleBlock message;
  message.set_first_frame(block.first_frame);
  message.set_frame_count(static_cast<std::uint32_t>(frames));
  message.set_codec(codec);
  message.set_payload(codec == ecg::v1::BLOCK_CODEC_CONTEXT_MIX ? encode_context_mix(block.samples, width)
                                                                : encode_context_rans(block.samples, width));
  for (const Gap& gap : block.gaps) {
    ecg::v1::Gap* out = message.add_gaps();
    out->set_lead(gap.lead);
    out->set_begin(gap.begin);
    out->set_end(gap.end);
  }
  message.set_crc32c(block_checksum(message));
  return message;
}

bool decode_payload(const ecg::v1::SampleBlock& message, std::size_t leads,
                    std::vector<std::int32_t>& samples) {
  switch (message.codec()) {
    case ecg::v1::BLOCK_CODEC_DELTA2_ZSTD:
      return decode_delta2_zstd(message.payload(), leads, samples);
    case ecg::v1::BLOCK_CODEC_CONTEXT_RANS:
      return decode_context_rans(message.payload(), leads, samples);
    case ecg::v1::BLOCK_CODEC_CONTEXT_MIX:
      return decode_context_mix(message.payload(), leads, samples);
    default:
      return false;
  }
}

}  // namespace

std::uint32_t block_checksum(const ecg::v1::SampleBlock& message) {
  std::uint32_t crc = crc_of(message.first_frame(), 0);
  crc = crc_of(message.frame_count(), crc);
  crc = crc_of(static_cast<std::uint32_t>(message.codec()), crc);
  crc = crc32c(bytes_of(message.payload()), crc);
  for (const ecg::v1::Gap& gap : message.gaps()) {
    crc = crc_of(gap.lead(), crc);
    crc = crc_of(gap.begin(), crc);
    crc = crc_of(gap.end(), crc);
  }
  return crc;
}

Result<ecg::v1::SampleBlock> encode_block(const Block& block, int leads) {
  return encode(block, leads, ecg::v1::BLOCK_CODEC_CONTEXT_RANS);
}

Result<ecg::v1::SampleBlock> encode_archive_block(const Block& block, int leads) {
  return encode(block, leads, ecg::v1::BLOCK_CODEC_CONTEXT_MIX);
}

Result<Block> decode_block(const ecg::v1::SampleBlock& message, int leads) {
  if (message.codec() == ecg::v1::BLOCK_CODEC_CONTEXT_MIX) {
    return Error{ErrorCode::kFormatUnsupported, at_frame(message.first_frame()), "an archive block"};
  }
  return decode_stored_block(message, leads);
}

Result<Block> decode_stored_block(const ecg::v1::SampleBlock& message, int leads) {
  const std::string subject = at_frame(message.first_frame());
  const Limits most = limits_of(message.codec());
  if (message.payload().size() > most.bytes) return Error{ErrorCode::kTooLarge, subject};
  if (message.crc32c() != block_checksum(message)) return Error{ErrorCode::kChecksumMismatch, subject};
  if (!ecg::v1::BlockCodec_IsValid(message.codec()) || message.codec() == ecg::v1::BLOCK_CODEC_UNSPECIFIED) {
    return Error{ErrorCode::kFormatUnsupported, subject, "codec " + std::to_string(message.codec())};
  }
  const auto malformed = [&](const char* why) { return Error{ErrorCode::kFileMalformed, subject, why}; };
  const std::uint64_t frames = message.frame_count();
  if (!leads_allowed(leads)) return malformed("number of leads");
  if (frames == 0 || frames > static_cast<std::uint64_t>(most.frames)) return malformed("frame count");
  if (message.first_frame() > static_cast<std::uint64_t>(INT64_MAX) - frames) return malformed("first frame");

  Block block;
  block.first_frame = message.first_frame();
  for (const ecg::v1::Gap& gap : message.gaps()) block.gaps.push_back({gap.lead(), gap.begin(), gap.end()});
  const auto width = static_cast<std::size_t>(leads);
  if (!gaps_in_order(block.gaps, block.first_frame, block.first_frame + frames, width))
    return malformed("gaps");

  block.samples.resize(static_cast<std::size_t>(frames) * width);
  if (!decode_payload(message, width, block.samples)) return malformed("payload");
  return block;
}

}  // namespace ecg::wire
