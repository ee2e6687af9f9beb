#include "gateway/acquire/watch_folder.h"

#include <fstream>

#include <gmock/gmock.h>
#include <stdlib.h>

#include "common/base/file.h"
#include "common/formats/wfdb.h"

namespace ecg::acquire {
namespace {

namespace fs = std::filesystem;

class WatchFolderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "ecg-watch-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    WatchFolder::Options options;
    options.folder = root_;
    folder_ = std::make_unique<WatchFolder>(
        options, [](const std::string& path) { return formats::read_file(path); },
        [this](const formats::ImportedRecording& imported, const std::string&, const std::string& digest) {
          if (put_off_) return Result<std::string>(Error{ErrorCode::kSpoolFull, "spool"});
          frames_ = imported.recording.frames();
          return Result<std::string>("study-" + digest.substr(0, 8));
        },
        [this](const FileOutcome& outcome) { outcomes_.push_back(outcome); }, clock_);
  }
  void TearDown() override {
    folder_.reset();
    fs::remove_all(root_);
  }
  void write(const std::string& name, const std::string& bytes) {
    std::ofstream(root_ / name, std::ios::binary) << bytes;
  }
  void put_record(const std::string& name, bool with_signals = true) {
    formats::ImportedRecording imported;
    imported.recording.sampling_frequency.value = 500;
    imported.recording.leads.resize(1);
    imported.recording.leads[0].uv_per_lsb = 1;
    imported.recording.leads[0].samples.assign(600, 3);
    const auto files = formats::write_wfdb(imported, name).value();
    for (const auto& file : files) {
      if (!with_signals && file.name.ends_with(".dat")) continue;
      write(file.name, std::string(file.bytes.begin(), file.bytes.end()));
    }
  }
  // Twice: a file must be seen standing still.
  void settle() {
    folder_->scan();
    clock_.advance(std::chrono::seconds(1));
    folder_->scan();
  }

  fs::path root_;
  ManualClock clock_{from_micros(0)};
  std::unique_ptr<WatchFolder> folder_;
  std::vector<FileOutcome> outcomes_;
  std::int64_t frames_ = 0;
  bool put_off_ = false;
};

TEST_F(WatchFolderTest, RecordBecomesAStudyAndItsFilesMoveToDone) {
  put_record("r1");
  settle();
  ASSERT_EQ(outcomes_.size(), 1u);
  EXPECT_TRUE(outcomes_[0].study_id.ok());
  EXPECT_EQ(frames_, 600);
  EXPECT_TRUE(fs::exists(root_ / "done" / "r1.hea"));
  EXPECT_TRUE(fs::exists(root_ / "done" / "r1.dat"));
  EXPECT_FALSE(fs::exists(root_ / "r1.dat"));
}

TEST_F(WatchFolderTest, HalfWrittenFileWaits) {
  put_record("r1", false);
  settle();
  EXPECT_TRUE(outcomes_.empty());  // the header waits for its signals
  write("r1.dat", std::string(100, 'x'));
  folder_->scan();
  put_record("r1");  // grows on
  clock_.advance(std::chrono::milliseconds(600));
  folder_->scan();
  EXPECT_TRUE(outcomes_.empty());
  settle();
  ASSERT_EQ(outcomes_.size(), 1u);
  EXPECT_TRUE(outcomes_[0].study_id.ok());
}

TEST_F(WatchFolderTest, SignalsBeforeTheirHeaderAreNotMistakenForAFile) {
  put_record("r1");
  fs::rename(root_ / "r1.hea", root_ / ".r1.hea");
  settle();
  EXPECT_TRUE(outcomes_.empty());
  fs::rename(root_ / ".r1.hea", root_ / "r1.hea");
  settle();
  ASSERT_EQ(outcomes_.size(), 1u);
  EXPECT_TRUE(outcomes_[0].study_id.ok());
}

TEST_F(WatchFolderTest, NonsenseGoesToQuarantineUnchangedWithTheReasonInBothLanguages) {
  write("nonsense.hea", "this is not a header\n");
  settle();
  ASSERT_EQ(outcomes_.size(), 1u);
  ASSERT_FALSE(outcomes_[0].study_id.ok());
  EXPECT_EQ(read_file(outcomes_[0].kept_as, 1000).value(), "this is not a header\n");
  const std::string reason = read_file(outcomes_[0].kept_as + ".reason.txt", 10000).value();
  EXPECT_THAT(reason, ::testing::HasSubstr("原文件已保留"));
  EXPECT_THAT(reason, ::testing::HasSubstr("the original is kept"));
}

TEST_F(WatchFolderTest, TruncatedSignalFileIsRefusedAndBothFilesAreKept) {
  put_record("r1");
  fs::resize_file(root_ / "r1.dat", 100);
  settle();
  ASSERT_EQ(outcomes_.size(), 1u);
  ASSERT_FALSE(outcomes_[0].study_id.ok());
  EXPECT_EQ(outcomes_[0].study_id.error().code, ErrorCode::kFileTruncated);
  EXPECT_TRUE(fs::exists(root_ / "quarantine" / "r1.hea"));
  EXPECT_TRUE(fs::exists(root_ / "quarantine" / "r1.dat"));
}

TEST_F(WatchFolderTest, SameNameAgainNeverReplacesWhatIsKept) {
  for (const char* text : {"first\n", "second\n"}) {
    write("bad.scp", text);
    settle();
  }
  ASSERT_EQ(outcomes_.size(), 2u);
  EXPECT_EQ(read_file(outcomes_[0].kept_as, 100).value(), "first\n");
  EXPECT_EQ(read_file(outcomes_[1].kept_as, 100).value(), "second\n");
}

TEST_F(WatchFolderTest, FullSpoolLeavesTheFileWhereItIsUntilThereIsRoom) {
  put_off_ = true;
  put_record("r1");
  settle();
  EXPECT_TRUE(outcomes_.empty());
  EXPECT_TRUE(fs::exists(root_ / "r1.hea"));
  put_off_ = false;
  settle();
  ASSERT_EQ(outcomes_.size(), 1u);
  EXPECT_TRUE(outcomes_[0].study_id.ok());
}

}  // namespace
}  // namespace ecg::acquire
