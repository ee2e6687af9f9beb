#include "gateway/main/settings.h"

#include <fstream>
#include <map>

#include <gmock/gmock.h>
#include <stdlib.h>

namespace ecg::gateway {
namespace {

class SettingsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "ecg-settings-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  Result<Settings> read(const std::string& text) {
    std::ofstream(folder_ / "gateway.toml") << text;
    return read_settings(folder_ / "gateway.toml", [this](const char* name) -> const char* {
      const auto it = environment_.find(name);
      return it == environment_.end() ? nullptr : it->second.c_str();
    });
  }
  std::filesystem::path folder_;
  std::map<std::string, std::string> environment_;
};

TEST_F(SettingsTest, EmptyFileGivesTheDocumentedDefaults) {
  const auto settings = read("");
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings->state_dir, "/var/lib/ecg-gateway");
  EXPECT_EQ(settings->clinic_port, 8480);
  EXPECT_EQ(settings->control_socket, "/var/lib/ecg-gateway/ctl.sock");
  EXPECT_EQ(settings->keep_confirmed, 500u);
  EXPECT_EQ(settings->spool_bytes_max, std::int64_t{20} << 30);
}

TEST_F(SettingsTest, UnknownKeyIsRefusedAndTheNearestNamed) {
  const auto settings = read("[clinic_page]\nprot = 1\n");
  ASSERT_FALSE(settings.ok());
  EXPECT_EQ(settings.error().code, ErrorCode::kConfigUnknownKey);
  EXPECT_THAT(settings.error().subject, ::testing::HasSubstr("clinic_page.port"));
}

TEST_F(SettingsTest, DeviceIsCheckedBeforeAnythingStarts) {
  for (const char* good : {"none", "simulator:sinus:72", "wfdb:/data?speed=full", "wfdb:/data"}) {
    EXPECT_TRUE(read(std::string("device = \"") + good + "\"\n").ok()) << good;
  }
  for (const char* bad : {"simulator:waltz", "wfdb:", "wfdb:/data?speed=slow", "usb:1"}) {
    const auto settings = read(std::string("device = \"") + bad + "\"\n");
    ASSERT_FALSE(settings.ok()) << bad;
    EXPECT_EQ(settings.error().code, ErrorCode::kConfigInvalid) << bad;
  }
}

TEST_F(SettingsTest, EnvironmentWinsAndSystemdsFolderHoldsTheSocket) {
  environment_ = {{"ECG_CLINIC_PAGE_PORT", "0"}, {"RUNTIME_DIRECTORY", "/run/ecg-gateway"}};
  const auto settings = read("[clinic_page]\nport = 9000\n");
  ASSERT_TRUE(settings.ok());
  EXPECT_EQ(settings->clinic_port, 0);
  EXPECT_EQ(settings->control_socket, "/run/ecg-gateway/ctl.sock");
}

}  // namespace
}  // namespace ecg::gateway
