#include "common/sqlite/database.h"

#include <array>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "common/sqlite/backup.h"
#include "common/sqlite/directory_lock.h"
#include "common/sqlite/migration.h"
#include "common/sqlite/savepoint.h"

namespace ecg::sqlite {
namespace {

namespace fs = std::filesystem;

class DatabaseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "ecg-sqlite-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override { fs::remove_all(directory_); }
  std::string path(const std::string& name = "a.sqlite") const { return directory_ + "/" + name; }
  std::unique_ptr<Database> writer() {
    auto opened = Database::open(path(), Role::kWriter);
    EXPECT_TRUE(opened.ok());
    return std::move(opened).value();
  }
  static std::int64_t count(Database& database, const std::string& table) {
    auto query = database.prepare("SELECT count(*) FROM " + table);
    auto row = query.step();
    return row.ok() && *row ? query.integer(0) : -1;
  }
  std::string directory_;
};

TEST_F(DatabaseTest, WriterIsWalAndFull) {
  auto database = writer();
  auto mode = database->prepare("PRAGMA journal_mode");
  ASSERT_TRUE(mode.step().ok());
  EXPECT_EQ(mode.text(0), "wal");
  auto level = database->prepare("PRAGMA synchronous");
  ASSERT_TRUE(level.step().ok());
  EXPECT_EQ(level.integer(0), 2);
}

TEST_F(DatabaseTest, ReaderCannotWrite) {
  auto database = writer();
  ASSERT_TRUE(database->execute("CREATE TABLE t(x)").ok());
  auto reader = Database::open(path(), Role::kReader);
  ASSERT_TRUE(reader.ok());
  EXPECT_FALSE((*reader)->execute("INSERT INTO t VALUES(1)").ok());
}

TEST_F(DatabaseTest, ValuesWithZeroBytesComeBackUnchanged) {
  auto database = writer();
  ASSERT_TRUE(database->execute("CREATE TABLE t(a TEXT, b BLOB, c INTEGER, d)").ok());
  const std::string odd("a\0b", 3);
  ASSERT_TRUE(database->prepare("INSERT INTO t VALUES(?,?,?,?)")
                  .bind(odd, Blob{odd}, std::int64_t{1} << 60, std::optional<std::int64_t>())
                  .run()
                  .ok());
  auto query = database->prepare("SELECT a, b, c, d FROM t");
  ASSERT_TRUE(query.step().ok());
  EXPECT_EQ(query.text(0), odd);
  EXPECT_EQ(query.blob(1), odd);
  EXPECT_EQ(query.integer(2), std::int64_t{1} << 60);
  EXPECT_TRUE(query.is_null(3));
}

TEST_F(DatabaseTest, FaultyStatementAnswersWhenStepped) {
  auto database = writer();
  const auto outcome = database->prepare("SELECT * FROM absent").bind(1).run();
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::kInternal);
}

TEST_F(DatabaseTest, SavepointLeftWithoutReleaseUndoesItsPart) {
  auto database = writer();
  ASSERT_TRUE(database->execute("CREATE TABLE t(x)").ok());
  ASSERT_TRUE(database->execute("BEGIN IMMEDIATE; INSERT INTO t VALUES(1)").ok());
  {
    auto part = Savepoint::begin(*database);
    ASSERT_TRUE(part.ok());
    ASSERT_TRUE(database->execute("INSERT INTO t VALUES(2)").ok());
  }
  ASSERT_TRUE(database->execute("COMMIT").ok());
  EXPECT_EQ(count(*database, "t"), 1);
}

TEST_F(DatabaseTest, NotADatabaseIsReportedAsDamage) {
  std::ofstream(path()) << std::string(5000, 'x');
  const auto opened = Database::open(path(), Role::kWriter);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, ErrorCode::kStorageDamaged);
}

TEST_F(DatabaseTest, FailedMigrationLeavesTheFileAsItWas) {
  auto database = writer();
  const std::array good{Migration{"CREATE TABLE a(x)"}};
  ASSERT_TRUE(migrate(*database, good, 77).ok());
  const std::array bad{good[0], Migration{"CREATE TABLE b(x)"}, Migration{"CREATE TABLE b(x)"}};
  EXPECT_FALSE(migrate(*database, bad, 77).ok());
  EXPECT_EQ(count(*database, "sqlite_schema"), 1);
  EXPECT_TRUE(migrate(*database, good, 77).ok());
}

TEST_F(DatabaseTest, NewerOrForeignFileIsRefused) {
  auto database = writer();
  const std::array two{Migration{"CREATE TABLE a(x)"}, Migration{"CREATE TABLE b(x)"}};
  ASSERT_TRUE(migrate(*database, two, 77).ok());
  EXPECT_EQ(migrate(*database, std::span(two).first(1), 77).error().code, ErrorCode::kStoreNewer);
  EXPECT_EQ(migrate(*database, two, 78).error().code, ErrorCode::kStorageDamaged);
}

TEST_F(DatabaseTest, SecondProcessOnADirectoryIsRefused) {
  auto first = DirectoryLock::acquire(directory_ + "/data");
  ASSERT_TRUE(first.ok());
  const auto second = DirectoryLock::acquire(directory_ + "/data");
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::kDirectoryInUse);
}

TEST_F(DatabaseTest, BackupIsACompleteCopyAndNeverOverwrites) {
  auto database = writer();
  ASSERT_TRUE(database
                  ->execute("CREATE TABLE t(x); INSERT INTO t SELECT randomblob(2000) FROM "
                            "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<500) "
                            "SELECT i FROM n)")
                  .ok());
  auto backup = Backup::begin(*database, path("copy"));
  ASSERT_TRUE(backup.ok());
  int steps = 0;
  for (;; ++steps) {
    auto complete = (*backup)->step(16);
    ASSERT_TRUE(complete.ok());
    if (*complete) break;
    EXPECT_FALSE(fs::exists(path("copy")));
    if (steps == 3) {
      ASSERT_TRUE(database->execute("INSERT INTO t VALUES(1)").ok());
    }
  }
  EXPECT_GT(steps, 3);
  auto copy = Database::open(path("copy"), Role::kCopy);
  ASSERT_TRUE(copy.ok());
  EXPECT_TRUE(check_integrity(**copy).ok());
  EXPECT_EQ(count(**copy, "t"), 501);
  EXPECT_EQ(Backup::begin(*database, path("copy")).error().code, ErrorCode::kFileExists);
}

}  // namespace
}  // namespace ecg::sqlite
