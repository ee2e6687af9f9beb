// A real store in a folder of its own, a clock that stands still, and seeded randomness.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/random.h"
#include "server/store/sqlite/sqlite_store.h"

namespace ecg::identity {

class IdentityFixture : public ::testing::Test {
 protected:
  IdentityFixture() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ecg-identity-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    store_ = store::open_sqlite_store((folder_ / "data").string(), random_).value();
  }
  ~IdentityFixture() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  void put_site(const std::string& id) {
    store::SiteRecord site;
    site.id = SiteId(id);
    site.name = "白石镇卫生院";
    site.created_at = clock_.now();
    const auto stored =
        store_->write_wait([&](store::Transaction& transaction) { return transaction.put_site(site); });
    ASSERT_TRUE(stored.ok());
  }

  SeededRandom random_{11};
  ManualClock clock_{*parse_iso8601("2026-11-21T08:00:00Z")};
  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
};

}  // namespace ecg::identity
