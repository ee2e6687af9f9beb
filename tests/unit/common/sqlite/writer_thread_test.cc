#include "common/sqlite/writer_thread.h"

#include <atomic>
#include <filesystem>
#include <future>

#include <gtest/gtest.h>

#include "tests/unit/common/sqlite/faulty_vfs.h"

namespace ecg::sqlite {
namespace {

namespace fs = std::filesystem;
using testing::faults;

class WriterThreadTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "ecg-writer-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    testing::reset_faults();
    options_.on_fatal = [this](const Error&) { ++fatal_; };
  }
  void TearDown() override {
    testing::reset_faults();
    fs::remove_all(directory_);
  }
  std::string path() const { return directory_ + "/a.sqlite"; }
  std::unique_ptr<WriterThread> start() {
    auto opened = Database::open(path(), Role::kWriter, {testing::kFaultyVfs});
    EXPECT_TRUE(opened.ok());
    EXPECT_TRUE((*opened)->execute("CREATE TABLE IF NOT EXISTS t(x INTEGER PRIMARY KEY)").ok());
    return std::make_unique<WriterThread>(std::move(opened).value(), options_);
  }
  static WriterThread::Change insert(int x) {
    return [x](Database& database) { return database.prepare("INSERT INTO t VALUES(?)").bind(x).run(); };
  }
  std::int64_t stored() const {
    auto reader = Database::open(path(), Role::kReader);
    if (!reader.ok()) return -1;
    auto query = (*reader)->prepare("SELECT count(*) FROM t");
    auto row = query.step();
    return row.ok() && *row ? query.integer(0) : -1;
  }

  std::string directory_;
  WriterOptions options_;
  std::atomic<int> fatal_{0};
};

TEST_F(WriterThreadTest, ManyChangesShareFewCommits) {
  auto writer = start();
  std::atomic<int> good{0};
  for (int i = 0; i < 500; ++i)
    writer->submit(insert(i), [&](const Result<void>& r) { good += r.ok() ? 1 : 0; });
  ASSERT_TRUE(writer->submit_wait(insert(1000)).ok());
  EXPECT_EQ(good, 500);
  EXPECT_LT(writer->figures().commits, 50U);
  EXPECT_EQ(stored(), 501);
}

TEST_F(WriterThreadTest, ARefusedChangeIsUndoneAlone) {
  auto writer = start();
  auto refused = std::make_shared<std::promise<ErrorCode>>();
  writer->submit(insert(1), [](const Result<void>&) {});
  writer->submit(
      [](Database& database) -> Result<void> {
        ECG_TRY(database.prepare("INSERT INTO t VALUES(2)").run());
        return Error{ErrorCode::kStale, "x"};
      },
      [refused](const Result<void>& r) { refused->set_value(r.error().code); });
  ASSERT_TRUE(writer->submit_wait(insert(3)).ok());
  EXPECT_EQ(refused->get_future().get(), ErrorCode::kStale);
  EXPECT_EQ(stored(), 2);
}

TEST_F(WriterThreadTest, AThrowingChangeIsAnInternalFaultAndTheThreadGoesOn) {
  auto writer = start();
  const auto thrown = writer->submit_wait([](Database&) -> Result<void> { throw std::runtime_error("x"); });
  EXPECT_EQ(thrown.error().code, ErrorCode::kInternal);
  EXPECT_TRUE(writer->submit_wait(insert(1)).ok());
}

TEST_F(WriterThreadTest, AnswerComesOnlyAfterTheSyncOfItsCommit) {
  auto writer = start();
  for (int i = 0; i < 20; ++i) {
    const int before = faults().syncs;
    ASSERT_TRUE(writer->submit_wait(insert(i)).ok());
    EXPECT_GT(faults().syncs, before);
  }
}

TEST_F(WriterThreadTest, AFailedSyncIsAnsweredToAllAndNothingIsAcknowledgedAfterwards) {
  auto writer = start();
  ASSERT_TRUE(writer->submit_wait(insert(1)).ok());
  faults().fail_sync_from = faults().syncs.load();
  EXPECT_EQ(writer->submit_wait(insert(2)).error().code, ErrorCode::kStorageFailed);
  testing::reset_faults();  // a disk that recovers does not bring the writer back
  EXPECT_EQ(writer->submit_wait(insert(3)).error().code, ErrorCode::kStorageFailed);
  writer.reset();
  EXPECT_EQ(fatal_, 1);
}

TEST_F(WriterThreadTest, AFullDiskRefusesWithRetryAndLaterChangesAreStored) {
  auto writer = start();
  ASSERT_TRUE(writer->submit_wait(insert(1)).ok());
  faults().disk_full = true;
  const auto refused = writer->submit_wait(insert(2));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kStorageFull);
  EXPECT_GT(refused.error().retry_after_ms, 0);
  faults().disk_full = false;
  EXPECT_TRUE(writer->submit_wait(insert(3)).ok());
  EXPECT_EQ(fatal_, 0);
  EXPECT_EQ(stored(), 2);
}

TEST_F(WriterThreadTest, AFullQueueRefusesAtOnce) {
  options_.queue_max = 2;
  auto writer = start();
  std::promise<void> entered, leave;
  auto left = leave.get_future().share();
  writer->submit(
      [&entered, left](Database&) -> Result<void> {
        entered.set_value();
        left.wait();
        return {};
      },
      [](const Result<void>&) {});
  entered.get_future().wait();
  std::atomic<int> refused{0};
  const auto note = [&](const Result<void>& r) {
    refused += !r.ok() && r.error().code == ErrorCode::kOverloaded && r.error().retry_after_ms > 0 ? 1 : 0;
  };
  for (int i = 0; i < 3; ++i) writer->submit(insert(i), note);
  EXPECT_EQ(refused, 1);
  leave.set_value();
  writer.reset();  // finishes what waits
  EXPECT_EQ(refused, 1);
}

TEST_F(WriterThreadTest, StoppingFinishesWhatIsQueued) {
  std::atomic<int> good{0};
  {
    auto writer = start();
    for (int i = 0; i < 100; ++i)
      writer->submit(insert(i), [&](const Result<void>& r) { good += r.ok() ? 1 : 0; });
  }
  EXPECT_EQ(good, 100);
}

TEST_F(WriterThreadTest, IntakeGoesOnDuringABackup) {
  auto writer = start();
  for (int i = 0; i < 2000; ++i) writer->submit(insert(i), [](const Result<void>&) {});
  std::atomic<bool> copied{false};
  std::thread copier([&] {
    EXPECT_TRUE(writer->backup(directory_ + "/copy").ok());
    copied = true;
  });
  for (int i = 2000; i < 2050; ++i) EXPECT_TRUE(writer->submit_wait(insert(i)).ok());
  copier.join();
  EXPECT_TRUE(fs::exists(directory_ + "/copy"));
  EXPECT_EQ(writer->backup(directory_ + "/copy").error().code, ErrorCode::kFileExists);
}

}  // namespace
}  // namespace ecg::sqlite
