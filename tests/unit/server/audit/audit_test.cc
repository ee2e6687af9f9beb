#include "server/audit/audit.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "common/sqlite/database.h"
#include "server/store/sqlite/sqlite_store.h"

namespace ecg::audit {
namespace {

class AuditTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "ecg-audit-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    open();
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(store_
                      ->write_wait([i](store::Transaction& t) {
                        return record(
                            t,
                            {"p1", "act " + std::to_string(i), StudyId("s1"), SiteId("baishi"), "127.0.0.1"},
                            from_micros(i));
                      })
                      .ok());
    }
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(directory_);
  }
  void open() {
    auto opened = store::open_sqlite_store(directory_, random_);
    ASSERT_TRUE(opened.ok());
    store_ = std::move(opened).value();
  }
  Chain chain() {
    Chain found;
    EXPECT_TRUE(store_
                    ->read([&](const store::Snapshot& s) -> Result<void> {
                      ECG_ASSIGN(found, verify_chain(s));
                      return {};
                    })
                    .ok());
    return found;
  }
  // As somebody with the file in hand could.
  void tamper(const std::string& sql) {
    store_.reset();
    {
      auto database = sqlite::Database::open(directory_ + "/center.sqlite", sqlite::Role::kWriter);
      ASSERT_TRUE(database.ok());
      ASSERT_TRUE((*database)
                      ->execute("DROP TRIGGER audit_never_changes; DROP TRIGGER audit_never_shrinks; " + sql)
                      .ok());
    }
    open();
  }
  std::string directory_;
  SeededRandom random_{1};
  std::unique_ptr<store::Store> store_;
};

TEST_F(AuditTest, AnUntouchedChainFits) {
  EXPECT_EQ(chain().records, 20U);
  EXPECT_FALSE(chain().broken_at.has_value());
}

TEST_F(AuditTest, AnUndoneChangeLeavesNoRecord) {
  EXPECT_FALSE(store_
                   ->write_wait([](store::Transaction& t) -> Result<void> {
                     ECG_TRY(record(t, {"p1", "x", {}, {}, ""}, from_micros(1)));
                     return Error{ErrorCode::kStale, "x"};
                   })
                   .ok());
  EXPECT_EQ(chain().records, 20U);
}

TEST_F(AuditTest, AChangedFieldIsLocated) {
  tamper("UPDATE audit SET actor='p2' WHERE seq=7");
  EXPECT_EQ(chain().broken_at, 7U);
}

TEST_F(AuditTest, ARemovedRecordIsLocated) {
  tamper("DELETE FROM audit WHERE seq=7");
  EXPECT_EQ(chain().broken_at, 8U);
}

TEST_F(AuditTest, TwoExchangedRecordsAreLocated) {
  tamper(
      "UPDATE audit SET seq=100 WHERE seq=7; UPDATE audit SET seq=7 WHERE seq=8; UPDATE audit SET seq=8 "
      "WHERE seq=100");
  EXPECT_EQ(chain().broken_at, 7U);
}

TEST_F(AuditTest, ATextMovedIntoTheNextFieldIsLocated) {
  tamper("UPDATE audit SET actor='p', action='1' || action WHERE seq=7");
  EXPECT_EQ(chain().broken_at, 7U);
}

}  // namespace
}  // namespace ecg::audit
