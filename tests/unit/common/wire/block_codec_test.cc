#include "common/wire/block_codec.h"

#include <limits>
#include <random>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "common/base/limits.h"

namespace ecg::wire {
namespace {

constexpr std::int32_t kLowest = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t kHighest = std::numeric_limits<std::int32_t>::max();

Block any_block(int leads) {
  Block block;
  block.first_frame = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
  const auto frames = *rc::gen::inRange<std::size_t>(1, 300);
  block.samples = *rc::gen::container<std::vector<std::int32_t>>(
      frames * static_cast<std::size_t>(leads),
      rc::gen::oneOf(rc::gen::inRange<std::int32_t>(-3000, 3000), rc::gen::arbitrary<std::int32_t>(),
                     rc::gen::element(kLowest, kHighest)));
  for (int lead = 0; lead < leads; ++lead) {
    std::uint64_t at = block.first_frame;
    const std::uint64_t end = block.first_frame + frames;
    while (*rc::gen::inRange(0, 3) == 0 && at + 2 < end) {
      const auto begin = *rc::gen::inRange<std::uint64_t>(at, end);
      const auto stop = *rc::gen::inRange<std::uint64_t>(begin + 1, end + 1);
      block.gaps.push_back({static_cast<std::uint32_t>(lead), begin, stop});
      at = stop + 1;
    }
  }
  return block;
}

Block small_block() {
  return {1000, {5, -5, 6, -6, 7, -7, 9, -8}, {{0, 1000, 1002}, {1, 1003, 1004}}};
}

TEST(BlockCodec, EveryBlockComesBackExactly) {
  EXPECT_TRUE(rc::check("decode(encode(block)) == block", [] {
    const int leads = *rc::gen::inRange(1, limits::kLeadsMax + 1);
    const Block block = any_block(leads);
    const auto message = encode_block(block, leads);
    RC_ASSERT(message.ok());
    const auto back = decode_block(*message, leads);
    RC_ASSERT(back.ok());
    RC_ASSERT(back->first_frame == block.first_frame);
    RC_ASSERT(back->samples == block.samples);
    RC_ASSERT(back->gaps == block.gaps);
  }));
}

TEST(BlockCodec, EveryArchiveBlockComesBackExactly) {
  EXPECT_TRUE(rc::check("decode(encode(block)) == block", [] {
    const int leads = *rc::gen::inRange(1, limits::kLeadsMax + 1);
    const Block block = any_block(leads);
    const auto message = encode_archive_block(block, leads);
    RC_ASSERT(message.ok());
    const auto back = decode_stored_block(*message, leads);
    RC_ASSERT(back.ok());
    RC_ASSERT(back->samples == block.samples);
    RC_ASSERT(back->gaps == block.gaps);
    RC_ASSERT(back->first_frame == block.first_frame);
  }));
}

TEST(BlockCodec, ArchiveBlocksMayBeLongAndNeverComeFromAnUpload) {
  Block block;
  std::mt19937 random(1);
  for (std::int64_t i = 0; i < limits::kArchiveBlockFramesMax * limits::kLeadsMax; ++i) {
    block.samples.push_back(static_cast<std::int32_t>(random()));
  }
  const auto message = encode_archive_block(block, limits::kLeadsMax);
  ASSERT_TRUE(message.ok());
  EXPECT_LE(message->payload().size(), limits::kArchiveBlockBytesMax);
  EXPECT_EQ(decode_stored_block(*message, limits::kLeadsMax)->samples, block.samples);
  EXPECT_EQ(decode_block(*message, limits::kLeadsMax).error().code, ErrorCode::kFormatUnsupported);
  block.samples.resize(block.samples.size() + limits::kLeadsMax);
  EXPECT_EQ(encode_archive_block(block, limits::kLeadsMax).error().code, ErrorCode::kInvalidField);
}

TEST(BlockCodec, ExtremeSamplesAtTheLimitOfLeadsAndFramesFitOneMessage) {
  Block block;
  std::mt19937 random(1);
  for (std::int64_t i = 0; i < limits::kBlockFramesMax * limits::kLeadsMax; ++i) {
    block.samples.push_back(static_cast<std::int32_t>(random()));
  }
  const auto message = encode_block(block, limits::kLeadsMax);
  ASSERT_TRUE(message.ok());
  EXPECT_LE(message->payload().size(), limits::kBlockBytesMax);
  EXPECT_EQ(decode_block(*message, limits::kLeadsMax)->samples, block.samples);
  block.samples.resize(block.samples.size() + limits::kLeadsMax);
  EXPECT_EQ(encode_block(block, limits::kLeadsMax).error().code, ErrorCode::kInvalidField);
}

TEST(BlockCodec, OneFlippedBitAnywhereIsDetected) {
  const auto message = encode_block(small_block(), 2);
  ASSERT_TRUE(message.ok());
  const std::string bytes = message->SerializeAsString();
  int detected_by_us = 0;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    ecg::v1::SampleBlock parsed;
    if (!parsed.ParseFromString(flipped)) continue;
    EXPECT_FALSE(decode_block(parsed, 2).ok()) << "bit " << bit;
    ++detected_by_us;
  }
  EXPECT_GT(detected_by_us, 200);
}

TEST(BlockCodec, WrongChecksumHasItsOwnError) {
  auto message = encode_block(small_block(), 2).value();
  message.set_crc32c(message.crc32c() + 1);
  EXPECT_EQ(decode_block(message, 2).error().code, ErrorCode::kChecksumMismatch);
}

// A right checksum proves only that the sender meant it.
TEST(BlockCodec, NonsenseWithTheRightChecksumIsRefused) {
  const auto refused = [](auto change) {
    auto message = encode_block(small_block(), 2).value();
    change(message);
    message.set_crc32c(block_checksum(message));
    const auto decoded = decode_block(message, 2);
    return decoded.ok() ? ErrorCode::kInternal : decoded.error().code;
  };
  EXPECT_EQ(refused([](auto& m) { m.set_frame_count(0); }), ErrorCode::kFileMalformed);
  EXPECT_EQ(refused([](auto& m) { m.set_frame_count(5); }), ErrorCode::kFileMalformed);
  EXPECT_EQ(refused([](auto& m) { m.set_frame_count(4'000'000'000u); }), ErrorCode::kFileMalformed);
  EXPECT_EQ(refused([](auto& m) { m.set_first_frame(~0ull); }), ErrorCode::kFileMalformed);
  EXPECT_EQ(refused([](auto& m) { m.mutable_payload()->resize(3); }), ErrorCode::kFileMalformed);
  EXPECT_EQ(refused([](auto& m) { m.clear_payload(); }), ErrorCode::kFileMalformed);
  EXPECT_EQ(refused([](auto& m) { m.mutable_payload()->append("x"); }), ErrorCode::kFileMalformed);
  EXPECT_EQ(refused([](auto& m) { m.mutable_gaps(0)->set_lead(2); }), ErrorCode::kFileMalformed);
  EXPECT_EQ(refused([](auto& m) { m.mutable_gaps(1)->set_end(1005); }), ErrorCode::kFileMalformed);
  EXPECT_EQ(refused([](auto& m) { m.mutable_gaps()->SwapElements(0, 1); }), ErrorCode::kFileMalformed);
  EXPECT_EQ(refused([](auto& m) { m.set_codec(ecg::v1::BLOCK_CODEC_UNSPECIFIED); }),
            ErrorCode::kFormatUnsupported);
  EXPECT_EQ(refused([](auto& m) { m.mutable_payload()->resize(limits::kBlockBytesMax + 1); }),
            ErrorCode::kTooLarge);
}

TEST(BlockCodec, ArbitraryPayloadsNeverCrash) {
  EXPECT_TRUE(rc::check("decode is total", [] {
    ecg::v1::SampleBlock message;
    message.set_frame_count(*rc::gen::inRange<std::uint32_t>(1, 50));
    message.set_codec(ecg::v1::BLOCK_CODEC_CONTEXT_RANS);
    auto good = encode_block(small_block(), 2).value().payload();
    for (int i = 0; i < 4; ++i) {
      good[*rc::gen::inRange<std::size_t>(0, good.size())] = *rc::gen::arbitrary<char>();
    }
    message.set_payload(good);
    message.set_crc32c(block_checksum(message));
    const auto decoded = decode_block(message, 2);
    if (decoded.ok()) RC_ASSERT(decoded->samples.size() == message.frame_count() * 2u);
  }));
}

// Blocks of earlier releases stay readable for as long as studies are kept. This one is the example of codec
// 1 in docs/formats/waveform-block.md.
TEST(BlockCodec, DocumentedExampleOfCodec1Decodes) {
  ecg::v1::SampleBlock message;
  message.set_first_frame(500);
  message.set_frame_count(3);
  message.set_codec(ecg::v1::BLOCK_CODEC_DELTA2_ZSTD);
  const unsigned char payload[] = {0x28, 0xb5, 0x2f, 0xfd, 0x20, 0x06, 0x31, 0x00,
                                   0x00, 0x14, 0x11, 0x02, 0x03, 0x08, 0x07};
  message.set_payload(payload, sizeof payload);
  auto* gap = message.add_gaps();
  gap->set_lead(1);
  gap->set_begin(501);
  gap->set_end(503);
  message.set_crc32c(block_checksum(message));
  const auto block = decode_block(message, 2);
  ASSERT_TRUE(block.ok());
  EXPECT_EQ(block->samples, (std::vector<std::int32_t>{10, -2, 11, 0, 13, -2}));
  EXPECT_EQ(block->gaps, (std::vector<Gap>{{1, 501, 503}}));
  EXPECT_EQ(message.crc32c(), 0x8f70b3a9u);
}

TEST(BlockCodec, ArbitraryPayloadsOfCodec3NeverCrash) {
  EXPECT_TRUE(rc::check("decode is total", [] {
    ecg::v1::SampleBlock message;
    message.set_frame_count(*rc::gen::inRange<std::uint32_t>(1, 500));
    message.set_codec(ecg::v1::BLOCK_CODEC_CONTEXT_MIX);
    message.set_payload(*rc::gen::arbitrary<std::string>());
    message.set_crc32c(block_checksum(message));
    const auto decoded = decode_stored_block(message, 2);
    if (decoded.ok()) RC_ASSERT(decoded->samples.size() == message.frame_count() * 2u);
  }));
}

// Nothing may be left over and nothing may be missing.
TEST(BlockCodec, ArchiveBlocksCutOrLengthenedAreRefused) {
  const auto message = encode_archive_block(small_block(), 2).value();
  for (const int change : {-2, -1, 1, 2}) {
    auto other = message;
    other.mutable_payload()->resize(
        static_cast<std::size_t>(static_cast<int>(message.payload().size()) + change));
    other.set_crc32c(block_checksum(other));
    EXPECT_EQ(decode_stored_block(other, 2).error().code, ErrorCode::kFileMalformed) << change;
  }
}

// Codec 1 decodes whatever it is given, too.
TEST(BlockCodec, ArbitraryPayloadsOfCodec1NeverCrash) {
  EXPECT_TRUE(rc::check("decode is total", [] {
    ecg::v1::SampleBlock message;
    message.set_frame_count(*rc::gen::inRange<std::uint32_t>(1, 4));
    message.set_codec(ecg::v1::BLOCK_CODEC_DELTA2_ZSTD);
    std::string bytes = "\x28\xb5\x2f\xfd\x20\x06\x31";
    bytes += std::string("\0\0\x14\x11\x02\x03\x08\x07", 8);
    for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
      bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<char>();
    }
    message.set_payload(bytes);
    message.set_crc32c(block_checksum(message));
    const auto decoded = decode_block(message, 2);
    if (decoded.ok()) RC_ASSERT(decoded->samples.size() == message.frame_count() * 2u);
  }));
}

// The example of codec 2 in docs/formats/waveform-block.md: an encoder that changes makes other bytes.
std::string hex(const std::string& bytes) {
  std::string out;
  for (const char c : bytes) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", static_cast<unsigned char>(c));
    out += two;
  }
  return out;
}

TEST(BlockCodec, DocumentedExampleOfCodec2IsWhatTheEncoderWrites) {
  const auto message = encode_block({500, {10, -2, 11, 0, 13, -2}, {{1, 501, 503}}}, 2).value();
  EXPECT_EQ(message.codec(), ecg::v1::BLOCK_CODEC_CONTEXT_RANS);
  EXPECT_EQ(hex(message.payload()), "79d7060043c04f4f");
  EXPECT_EQ(message.crc32c(), 0xe09d87c8u);
}

TEST(BlockCodec, DocumentedExampleOfCodec3IsWhatTheEncoderWrites) {
  const auto message = encode_archive_block({500, {10, -2, 11, 0, 13, -2}, {{1, 501, 503}}}, 2).value();
  EXPECT_EQ(hex(message.payload()), "46d2acc32c2d957b");
}

// Long enough for every table to have been learned from: a change of one constant changes the checksum.
TEST(BlockCodec, TheCodecsOfTodayAreThoseOfEveryRelease) {
  Block block;
  std::uint32_t random = 1;
  for (int i = 0; i < 1000; ++i) {
    random = random * 1664525 + 1013904223;
    const auto noise = static_cast<std::int32_t>(random >> 28);
    block.samples.push_back(i % 97 * 7 + noise);
    block.samples.push_back(noise > 12 ? 5000 : i / 3 - noise);
  }
  EXPECT_EQ(encode_block(block, 2)->crc32c(), 3709326506u);
  EXPECT_EQ(encode_archive_block(block, 2)->crc32c(), 1352033701u);
}

}  // namespace
}  // namespace ecg::wire
