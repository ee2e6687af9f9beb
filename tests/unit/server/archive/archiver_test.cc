#include "server/archive/archiver.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "common/base/random.h"
#include "common/sqlite/database.h"
#include "common/wire/block_codec.h"
#include "common/wire/recording_digest.h"
#include "server/store/sqlite/sqlite_store.h"
#include "server/store/stored_recording.h"

namespace ecg::archive {
namespace {

constexpr int kLeads = 2;
constexpr std::uint32_t kBlockFrames = 125;
constexpr auto kRest = std::chrono::minutes(60);

// A slow wave with a gap in lead 1 from frame 100 to frame 300, so across two cuts.
wire::Block block_at(std::uint64_t first) {
  wire::Block block;
  block.first_frame = first;
  for (std::uint64_t n = first; n < first + kBlockFrames; ++n) {
    block.samples.push_back(static_cast<std::int32_t>(n * n % 300));
    block.samples.push_back(static_cast<std::int32_t>(n % 50) - 20);
  }
  const std::uint64_t begin = std::max<std::uint64_t>(first, 100),
                      end = std::min(first + kBlockFrames, std::uint64_t{300});
  if (begin < end) block.gaps.push_back({1, begin, end});
  return block;
}

class ArchiverTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "ecg-archive-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    open();
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(directory_);
  }
  void open() {
    store_.reset();
    auto opened = store::open_sqlite_store(directory_ + "/data", random_);
    ASSERT_TRUE(opened.ok());
    store_ = std::move(opened).value();
  }

  // Closed now, with the digest of what was stored.
  void store_recording(const std::string& id, int blocks) {
    v1::RecordingFormat format;
    format.set_sampling_hz(500);
    for (const auto code : {v1::LEAD_CODE_I, v1::LEAD_CODE_II}) {
      auto* lead = format.add_leads();
      lead->set_lead(code);
      lead->set_label("x");
      lead->set_uv_per_lsb(1);
    }
    store::UploadRecord upload;
    upload.id = UploadId(id);
    upload.study = StudyId("s-" + id);
    upload.format = format.SerializeAsString();
    upload.opened_at = clock_.now();
    wire::RecordingDigest digest(kLeads);
    std::vector<store::BlockRecord> records;
    for (int i = 0; i < blocks; ++i) {
      const wire::Block block = block_at(static_cast<std::uint64_t>(i) * kBlockFrames);
      ASSERT_TRUE(digest.add(block).ok());
      records.push_back(
          {block.first_frame, kBlockFrames, wire::encode_block(block, kLeads)->SerializeAsString()});
    }
    const auto written = store_->write_wait([&](store::Transaction& t) -> Result<void> {
      ECG_TRY(t.put_upload(upload));
      for (const auto& record : records) ECG_TRY(t.append_block(upload.id, record));
      ECG_ASSIGN(auto closed, t.find_upload(upload.id));
      closed->state = store::UploadState::kClosed;
      closed->closed_at = clock_.now();
      const auto sum = digest.digest();
      closed->sha256.assign(reinterpret_cast<const char*>(sum.data()), sum.size());
      return t.put_upload(*closed);
    });
    ASSERT_TRUE(written.ok());
  }

  std::size_t blocks_of(const std::string& id) {
    std::size_t count = 0;
    EXPECT_TRUE(store_
                    ->read([&](const store::Snapshot& s) {
                      return s.read_blocks(UploadId(id), [&](const store::BlockRecord&) -> Result<void> {
                        ++count;
                        return {};
                      });
                    })
                    .ok());
    return count;
  }

  Result<store::StoredRecording> load(const std::string& id) {
    Result<store::StoredRecording> out = Error{ErrorCode::kNotFound, id};
    EXPECT_TRUE(store_
                    ->read([&](const store::Snapshot& s) -> Result<void> {
                      out = store::load_recording(s, UploadId(id));
                      return {};
                    })
                    .ok());
    return out;
  }

  std::string directory_;
  SeededRandom random_{7};
  ManualClock clock_{from_micros(1'700'000'000'000'000)};
  Metrics metrics_;
  std::unique_ptr<store::Store> store_;
};

TEST_F(ArchiverTest, ARecordingAtRestIsPackedAndStaysTheSame) {
  store_recording("u1", 40);
  const auto before = load("u1");
  ASSERT_TRUE(before.ok());
  Archiver archiver(*store_, clock_, metrics_);
  clock_.advance(kRest - std::chrono::seconds(1));
  EXPECT_EQ(archiver.run().value(), 0U);
  EXPECT_EQ(blocks_of("u1"), 40U);
  clock_.advance(std::chrono::seconds(2));
  EXPECT_EQ(archiver.run().value(), 1U);
  EXPECT_EQ(blocks_of("u1"), 1U);
  open();
  const auto after = load("u1");
  ASSERT_TRUE(after.ok());
  ASSERT_EQ(after->recording.leads.size(), before->recording.leads.size());
  for (std::size_t l = 0; l < after->recording.leads.size(); ++l) {
    EXPECT_EQ(after->recording.leads[l].samples, before->recording.leads[l].samples);
    EXPECT_EQ(after->recording.leads[l].gaps, before->recording.leads[l].gaps);
  }
  EXPECT_LT(after->upload.stored_bytes, before->upload.stored_bytes);
  EXPECT_TRUE(store_->verify()->damaged.empty());
}

TEST_F(ArchiverTest, EachRecordingIsPackedOnce) {
  store_recording("u1", 4);
  clock_.advance(2 * kRest);
  Archiver archiver(*store_, clock_, metrics_);
  EXPECT_EQ(archiver.run().value(), 1U);
  EXPECT_EQ(archiver.run().value(), 0U);
}

TEST_F(ArchiverTest, ALongRecordingBecomesSeveralBlocks) {
  store_recording("u1", 300);  // 37,500 frames
  clock_.advance(2 * kRest);
  EXPECT_EQ(Archiver(*store_, clock_, metrics_).run().value(), 1U);
  EXPECT_EQ(blocks_of("u1"), 2U);
  EXPECT_TRUE(load("u1").ok());
}

TEST_F(ArchiverTest, ADamagedRecordingIsLeftAsItIs) {
  store_recording("u1", 4);
  store_recording("u2", 4);
  store_.reset();
  {
    auto database = sqlite::Database::open(directory_ + "/data/center.sqlite", sqlite::Role::kWriter);
    ASSERT_TRUE(database.ok());
    ASSERT_TRUE(
        (*database)->execute("UPDATE block SET block=zeroblob(50) WHERE upload=1 AND first_frame=250").ok());
  }
  open();
  clock_.advance(2 * kRest);
  Archiver archiver(*store_, clock_, metrics_);
  EXPECT_EQ(archiver.run().value(), 2U);
  EXPECT_EQ(blocks_of("u2"), 1U);
  EXPECT_EQ(load("u1").error().code, ErrorCode::kStorageDamaged);
  EXPECT_EQ(archiver.run().value(), 0U);
}

TEST_F(ArchiverTest, OnlyASoundReplacementIsTaken) {
  store_recording("u1", 4);
  const auto refused = [&](std::vector<store::BlockRecord> blocks, const char* id = "u1") {
    const auto written =
        store_->write_wait([&](store::Transaction& t) { return t.archive_upload(UploadId(id), blocks); });
    return written.ok() ? ErrorCode::kInternal : written.error().code;
  };
  EXPECT_EQ(refused({{0, 499, "x"}}), ErrorCode::kUploadOffsetMismatch);
  EXPECT_EQ(refused({{0, 250, "x"}, {251, 250, "x"}}), ErrorCode::kUploadOffsetMismatch);
  EXPECT_EQ(refused({{0, 500, "x"}}, "u9"), ErrorCode::kNotFound);
  EXPECT_EQ(blocks_of("u1"), 4U);
}

}  // namespace
}  // namespace ecg::archive
