// The engines under the conformance suite. A second engine adds itself here and is held to every rule of the
// suite.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "common/base/random.h"
#include "server/store/sqlite/sqlite_store.h"

namespace ecg::store {

struct Engine {
  std::string name;
  // Opens the store that lives in the directory, or begins one.
  std::function<Result<std::unique_ptr<Store>>(const std::string& directory, Random& random)> open;
};

inline std::vector<Engine> engines() {
  return {{"Sqlite", [](const std::string& directory, Random& random) {
             return open_sqlite_store(directory, random);
           }}};
}

class StoreConformance : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "ecg-store-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(directory_);
  }
  void open() {
    store_.reset();
    auto opened = GetParam().open(directory_ + "/data", random_);
    ASSERT_TRUE(opened.ok()) << message(opened.error(), Language::kEnglish);
    store_ = std::move(opened).value();
  }
  void expect_written(Store::Change change) {
    const auto outcome = store_->write_wait(std::move(change));
    EXPECT_TRUE(outcome.ok()) << (outcome.ok() ? "" : message(outcome.error(), Language::kEnglish));
  }
  void expect_read(const Store::Reading& reading) {
    const auto outcome = store_->read(reading);
    EXPECT_TRUE(outcome.ok()) << (outcome.ok() ? "" : message(outcome.error(), Language::kEnglish));
  }

  std::string directory_;
  SeededRandom random_{20260101};
  std::unique_ptr<Store> store_;
};

inline std::string engine_name(const ::testing::TestParamInfo<Engine>& info) {
  return info.param.name;
}

}  // namespace ecg::store
