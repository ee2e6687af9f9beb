#include "common/base/log.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace ecg {
namespace {

class LogTest : public ::testing::Test {
 protected:
  LogTest() {
    log::set_process("ecg-test");
    log::set_level(log::Level::kInfo);
    log::set_sink([this](std::string_view line) { lines_.emplace_back(line); });
  }
  ~LogTest() override { log::set_sink(nullptr); }
  nlohmann::json only_line() const {
    EXPECT_EQ(lines_.size(), 1u);
    return lines_.empty() ? nlohmann::json() : nlohmann::json::parse(lines_[0]);
  }
  std::vector<std::string> lines_;
};

TEST_F(LogTest, FieldsKeepTheirTypes) {
  log::info("study_received", {{"study", "s1"},
                               {"frames", 5000u},
                               {"offset_ms", -3},
                               {"ratio", 0.25},
                               {"partial", false},
                               {"broken", std::nan("")}});
  const auto line = only_line();
  EXPECT_EQ(line["level"], "info");
  EXPECT_EQ(line["process"], "ecg-test");
  EXPECT_EQ(line["event"], "study_received");
  EXPECT_EQ(line["frames"], 5000);
  EXPECT_EQ(line["offset_ms"], -3);
  EXPECT_EQ(line["ratio"], 0.25);
  EXPECT_EQ(line["partial"], false);
  EXPECT_TRUE(line["broken"].is_null());
}

TEST_F(LogTest, AValueCanForgeNeitherALineNorAField) {
  const std::string hostile =
      std::string("x\"},\n{\"level\":\"error\"\r\x1b[31m\0\xff\xc0\xaf\xed\xa0\x80", 40);
  log::info("upload_refused", {{"subject", hostile}});
  ASSERT_EQ(lines_.size(), 1u);
  EXPECT_EQ(lines_[0].find('\n'), std::string::npos);
  EXPECT_EQ(lines_[0].find('\x1b'), std::string::npos);
  const auto line = only_line();
  EXPECT_EQ(line["level"], "info");
  EXPECT_EQ(line["subject"].get<std::string>().substr(0, 5), "x\"},\n");
}

TEST_F(LogTest, ChineseStaysReadableAndLongValuesAreCutBetweenCharacters) {
  std::string text;
  while (text.size() <= log::kValueBytesMax) text += "心";
  log::info("e", {{"short", "中心"}, {"long", text}});
  const auto line = only_line();
  EXPECT_EQ(line["short"], "中心");
  EXPECT_LE(line["long"].get<std::string>().size(), log::kValueBytesMax + 3);
  EXPECT_TRUE(line["long"].get<std::string>().ends_with("心…"));
}

TEST_F(LogTest, LevelsBelowTheChosenAreSilent) {
  log::debug("a");
  EXPECT_TRUE(lines_.empty());
  log::set_level(log::Level::kError);
  log::warning("b");
  EXPECT_TRUE(lines_.empty());
  log::error("c", Error{ErrorCode::kStorageFailed, "spool", "errno 5"}, {{"operation", "fsync"}});
  EXPECT_EQ(only_line()["code"], "E2202");
  EXPECT_EQ(only_line()["detail"], "errno 5");
  log::Level level{};
  EXPECT_TRUE(log::parse_level("warning", &level));
  EXPECT_EQ(level, log::Level::kWarning);
  EXPECT_FALSE(log::parse_level("loud", &level));
}

}  // namespace
}  // namespace ecg
