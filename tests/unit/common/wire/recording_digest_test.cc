#include "common/wire/recording_digest.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "common/wire/convert.h"

namespace ecg::wire {
namespace {

dsp::Recording small_recording() {
  dsp::Recording recording;
  recording.sampling_frequency.value = 500;
  recording.leads.resize(2);
  recording.leads[0].samples = {1, -2, 3};
  recording.leads[1].samples = {-1, 256, 0};
  recording.leads[1].gaps = {{1, 3}};
  return recording;
}

// The bytes of upload.proto (CloseUpload.sha256), written out by hand.
TEST(RecordingDigest, IsTheHashOfFramesThenGaps) {
  const unsigned char bytes[] = {
      1,    0,    0,    0,    0xff, 0xff, 0xff, 0xff,                                      // frame 0
      0xfe, 0xff, 0xff, 0xff, 0,    1,    0,    0,                                         // frame 1
      3,    0,    0,    0,    0,    0,    0,    0,                                         // frame 2
      1,    0,    0,    0,    1,    0,    0,    0,    0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0,  // lead 1: [1, 3)
  };
  EXPECT_EQ(digest_of(small_recording()), sha256(std::span<const std::uint8_t>(bytes)));
}

TEST(RecordingDigest, DoesNotDependOnHowBlocksAreCut) {
  EXPECT_TRUE(rc::check("same digest for every cut", [] {
    dsp::Recording recording;
    recording.leads.resize(*rc::gen::inRange<std::size_t>(1, 5));
    const auto frames = *rc::gen::inRange<std::size_t>(1, 400);
    for (auto& lead : recording.leads) {
      lead.samples =
          *rc::gen::container<std::vector<std::int32_t>>(frames, rc::gen::arbitrary<std::int32_t>());
      const auto begin = *rc::gen::inRange<dsp::SampleIndex>(0, static_cast<dsp::SampleIndex>(frames));
      const auto end =
          *rc::gen::inRange<dsp::SampleIndex>(begin + 1, static_cast<dsp::SampleIndex>(frames) + 1);
      lead.gaps.push_back({begin, end});
    }
    RecordingDigest digest(static_cast<int>(recording.leads.size()));
    for (const Block& block : cut_into_blocks(recording, *rc::gen::inRange<std::int64_t>(1, 500))) {
      RC_ASSERT(digest.add(block).ok());
      (void)digest.digest();
    }
    RC_ASSERT(digest.digest() == digest_of(recording));
    RC_ASSERT(digest.gaps().size() == recording.leads.size());
  }));
}

TEST(RecordingDigest, ChangesWithAnySampleAndAnyGap) {
  const Digest original = digest_of(small_recording());
  dsp::Recording changed = small_recording();
  changed.leads[1].samples[2] = 1;
  EXPECT_NE(digest_of(changed), original);
  changed = small_recording();
  changed.leads[1].gaps = {{1, 2}};
  EXPECT_NE(digest_of(changed), original);
}

TEST(RecordingDigest, RefusesABlockThatDoesNotFollow) {
  RecordingDigest digest(1);
  ASSERT_TRUE(digest.add({0, {1, 2}, {}}).ok());
  EXPECT_EQ(digest.add({3, {1}, {}}).error().code, ErrorCode::kUploadOffsetMismatch);
  EXPECT_EQ(digest.add({0, {1}, {}}).error().code, ErrorCode::kUploadOffsetMismatch);
  EXPECT_EQ(digest.frames(), 2u);
}

}  // namespace
}  // namespace ecg::wire
