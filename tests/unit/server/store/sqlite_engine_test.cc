// What is special to the embedded engine: damage, locks, backup files.
#include <fstream>
#include <sstream>

#include "common/sqlite/database.h"
#include "tests/unit/server/store/engines.h"
#include "tests/unit/server/store/records_for_tests.h"

namespace ecg::store {
namespace {

namespace fs = std::filesystem;

class SqliteEngineTest : public StoreConformance {
 protected:
  void store_two_recordings() {
    open();
    expect_written([](Transaction& t) -> Result<void> {
      for (const char* id : {"u1", "u2"}) {
        ECG_TRY(t.put_upload(some_upload(id, id)));
        for (std::uint64_t i = 0; i < 4; ++i) {
          ECG_TRY(t.append_block(UploadId(id), {i * 100, 100, std::string(2000, 'x')}));
        }
      }
      return {};
    });
  }
  std::string file() const { return directory_ + "/data/center.sqlite"; }
};
INSTANTIATE_TEST_SUITE_P(Engines, SqliteEngineTest, ::testing::Values(engines().front()), engine_name);

TEST_P(SqliteEngineTest, OneChangedBlockDamagesItsRecordingAndNoOther) {
  store_two_recordings();
  store_.reset();
  {
    auto database = sqlite::Database::open(file(), sqlite::Role::kWriter);
    ASSERT_TRUE(database.ok());
    ASSERT_TRUE((*database)
                    ->execute("UPDATE block SET block=zeroblob(2000) WHERE upload=1 AND first_frame=200")
                    .ok());
  }
  open();
  const auto checked = store_->verify();
  ASSERT_TRUE(checked.ok());
  EXPECT_EQ(checked->damaged, std::vector<UploadId>{UploadId("u1")});
  EXPECT_EQ(checked->uploads, 2U);
  expect_read([](const Snapshot& s) -> Result<void> {
    const auto any = [](const BlockRecord&) -> Result<void> { return {}; };
    EXPECT_EQ(s.read_blocks(UploadId("u1"), any).error().code, ErrorCode::kStorageDamaged);
    EXPECT_TRUE(s.read_blocks(UploadId("u2"), any).ok());
    return {};
  });
}

TEST_P(SqliteEngineTest, AMissingBlockIsDamage) {
  store_two_recordings();
  store_.reset();
  {
    auto database = sqlite::Database::open(file(), sqlite::Role::kWriter);
    ASSERT_TRUE((*database)->execute("DELETE FROM block WHERE upload=2 AND first_frame=300").ok());
  }
  open();
  EXPECT_EQ(store_->verify()->damaged, std::vector<UploadId>{UploadId("u2")});
}

TEST_P(SqliteEngineTest, ASecondStoreOnTheDirectoryIsRefused) {
  open();
  const auto second = open_sqlite_store(directory_ + "/data", random_);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kDirectoryInUse);
}

TEST_P(SqliteEngineTest, ARestoredBackupIsTheSameCenterWithANewEpoch) {
  store_two_recordings();
  const std::string epoch = store_->center_epoch();
  const std::string copy = directory_ + "/backup.ecg";
  ASSERT_TRUE(store_->backup(copy).ok());
  EXPECT_EQ(store_->backup(copy).error().code, ErrorCode::kFileExists);
  expect_written([](Transaction& t) { return t.put_study(some_study("after the backup")); });
  store_.reset();

  const auto checked = verify_backup(copy);
  ASSERT_TRUE(checked.ok());
  EXPECT_EQ(checked->blocks, 8U);
  EXPECT_EQ(restore_backup(copy, directory_ + "/data", random_).error().code, ErrorCode::kFileExists);
  ASSERT_TRUE(restore_backup(copy, directory_ + "/elsewhere", random_).ok());
  auto restored = open_sqlite_store(directory_ + "/elsewhere", random_);
  ASSERT_TRUE(restored.ok());
  EXPECT_NE((*restored)->center_epoch(), epoch);
  EXPECT_TRUE((*restored)->verify()->damaged.empty());
  EXPECT_EQ((*restored)->verify()->uploads, 2U);
  EXPECT_EQ((*restored)->verify()->studies, 0U);
}

TEST_P(SqliteEngineTest, AFileThatIsNoBackupIsRefused) {
  std::ofstream(directory_ + "/x") << std::string(10000, 'x');
  EXPECT_EQ(verify_backup(directory_ + "/x").error().code, ErrorCode::kStorageDamaged);
  EXPECT_EQ(verify_backup(directory_ + "/y").error().code, ErrorCode::kFileNotFound);
}

TEST_P(SqliteEngineTest, ADamagedBackupIsFoundBeforeItReplacesAnything) {
  store_two_recordings();
  const std::string copy = directory_ + "/backup.ecg";
  ASSERT_TRUE(store_->backup(copy).ok());
  {
    std::fstream bytes(copy, std::ios::in | std::ios::out | std::ios::binary);
    std::ostringstream content;
    content << bytes.rdbuf();
    const std::string all = content.str();
    const auto at_block = all.find(std::string(1000, 'x'));
    ASSERT_NE(at_block, std::string::npos);
    bytes.clear();
    bytes.seekp(static_cast<std::streamoff>(at_block + 100));
    bytes.put('y');
  }
  const auto checked = verify_backup(copy);
  ASSERT_TRUE(checked.ok());
  EXPECT_EQ(checked->damaged.size(), 1U);
}

TEST_P(SqliteEngineTest, AuditRowsCannotBeChanged) {
  open();
  expect_written([](Transaction& t) {
    AuditRecord record;
    record.seq = 1;
    return t.append_audit(record);
  });
  store_.reset();
  auto database = sqlite::Database::open(file(), sqlite::Role::kWriter);
  EXPECT_FALSE((*database)->execute("UPDATE audit SET actor='x'").ok());
  EXPECT_FALSE((*database)->execute("DELETE FROM audit").ok());
}

}  // namespace
}  // namespace ecg::store
