#include "common/base/config.h"

#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ecg {
namespace {

class ConfigTest : public ::testing::Test {
 protected:
  ConfigTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ecg-config-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~ConfigTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& name, const std::string& text) {
    const auto file = folder_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
    return file;
  }
  Result<ConfigReader> open(const std::filesystem::path& file) {
    return ConfigReader::open(file, [this](const char* name) -> const char* {
      const auto it = environment_.find(name);
      return it == environment_.end() ? nullptr : it->second.c_str();
    });
  }

  std::filesystem::path folder_;
  std::map<std::string, std::string, std::less<>> environment_;
};

TEST_F(ConfigTest, EnvironmentOverConfDOverFileOverDefault) {
  const auto file = write("server.toml", "[gateways]\nport = 1000\nbacklog = 5\nper_ip = 8\n");
  write("conf.d/20.toml", "gateways.port = 3000\n");
  write("conf.d/10.toml", "[gateways]\nport = 2000\nbacklog = 6\n");
  environment_["ECG_GATEWAYS_BACKLOG"] = "7";
  auto config = open(file);
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->integer("gateways.port", 7443, 1, 65535), 3000);
  EXPECT_EQ(config->integer("gateways.backlog", 1, 1, 100), 7);
  EXPECT_EQ(config->integer("gateways.per_ip", 1, 1, 100), 8);
  EXPECT_EQ(config->integer("gateways.other", 42, 1, 100), 42);
  EXPECT_TRUE(config->finish().ok());
  EXPECT_NE(config->effective().find("gateways.port = 3000  # 20.toml:1"), std::string::npos);
}

TEST_F(ConfigTest, UnknownKeyIsRefusedWithNearestNameAndLine) {
  auto config = open(write("server.toml", "# a comment\n[gateways]\nprot = 7443\n"));
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->integer("gateways.port", 7443, 1, 65535), 7443);
  config->boolean("web.enabled", true);
  const auto outcome = config->finish();
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::kConfigUnknownKey);
  EXPECT_EQ(outcome.error().subject, "server.toml:3: gateways.prot (nearest: gateways.port)");
}

TEST_F(ConfigTest, ValueOutsideItsRangeIsRefusedWithLineAndRange) {
  auto config = open(write("server.toml", "[gateways]\nport = 65536\n"));
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->integer("gateways.port", 7443, 1, 65535), 7443);
  const auto outcome = config->finish();
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::kConfigInvalid);
  EXPECT_EQ(outcome.error().subject, "server.toml:2: gateways.port must be a whole number from 1 to 65535");
}

TEST_F(ConfigTest, BothEndsOfARangeAreAllowed) {
  auto config = open(write("server.toml", "a = 1\nb = 10\nc = 0.5\n"));
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->integer("a", 5, 1, 10), 1);
  EXPECT_EQ(config->integer("b", 5, 1, 10), 10);
  EXPECT_EQ(
      config->seconds("c", std::chrono::seconds(2), std::chrono::milliseconds(500), std::chrono::seconds(9)),
      std::chrono::milliseconds(500));
  EXPECT_TRUE(config->finish().ok());
}

TEST_F(ConfigTest, WrongTypesAreRefused) {
  for (const auto* line : {"x = \"5\"", "x = 1.5", "x = true", "x = [\"5\"]"}) {
    auto config = open(write("t.toml", line));
    ASSERT_TRUE(config.ok());
    EXPECT_EQ(config->integer("x", 3, 1, 10), 3);
    EXPECT_EQ(config->finish().error().code, ErrorCode::kConfigInvalid) << line;
  }
  environment_["ECG_X"] = "5x";
  auto config = open({});
  config->integer("x", 3, 1, 10);
  EXPECT_EQ(config->finish().error().subject, "ECG_X: x must be a whole number from 1 to 10");
}

TEST_F(ConfigTest, BrokenTomlNamesItsLineAndAMissingFileIsNamed) {
  const auto broken = open(write("server.toml", "a = 1\nb = = 2\n"));
  ASSERT_FALSE(broken.ok());
  EXPECT_EQ(broken.error().code, ErrorCode::kConfigInvalid);
  EXPECT_EQ(broken.error().subject.rfind("server.toml:2:", 0), 0u) << broken.error().subject;
  EXPECT_EQ(open(folder_ / "none.toml").error().code, ErrorCode::kConfigUnreadable);
}

TEST_F(ConfigTest, SecretsComeFromFilesClosedToOthersAndAreNotPrinted) {
  const auto secret = write("key", "hush\n");
  const auto file = write("server.toml", "[web]\nkey_file = \"key\"\n");
  ::chmod(secret.c_str(), 0644);
  auto open_to_all = open(file);
  EXPECT_EQ(open_to_all->secret("web.key_file"), "");
  EXPECT_EQ(open_to_all->finish().error().code, ErrorCode::kConfigInvalid);
  ::chmod(secret.c_str(), 0600);
  auto closed = open(file);
  EXPECT_EQ(closed->secret("web.key_file"), "hush");
  EXPECT_TRUE(closed->finish().ok());
  EXPECT_EQ(closed->effective().find("hush"), std::string::npos);
}

TEST_F(ConfigTest, RequiredTextChoicesListsAndTables) {
  auto config = open(
      write("t.toml", "mode = \"fast\"\nnames = [\"a\", \"b\"]\n[site.east]\nn = 1\n[site.west]\nn = 2\n"));
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->choice("mode", "slow", {"slow", "fast"}), "fast");
  EXPECT_EQ(config->list("names", {}), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(config->tables("site"), (std::vector<std::string>{"east", "west"}));
  config->integer("site.east.n", 0, 0, 9);
  config->integer("site.west.n", 0, 0, 9);
  EXPECT_TRUE(config->finish().ok());
  auto other = open(write("u.toml", "mode = \"medium\"\n"));
  EXPECT_EQ(other->choice("mode", "slow", {"slow", "fast"}), "slow");
  EXPECT_EQ(other->finish().error().subject, "u.toml:1: mode must be one of slow, fast");
  auto empty = open({});
  empty->required_text("center.name");
  EXPECT_EQ(empty->finish().error().subject, "center.name must be given");
}

}  // namespace
}  // namespace ecg
