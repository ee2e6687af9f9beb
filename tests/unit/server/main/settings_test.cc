#include "server/main/settings.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace ecg::server {
namespace {

class SettingsFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "ecg-settings-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  Result<LoadedSettings> load(const std::string& toml) {
    std::ofstream(folder_ / "server.toml") << toml;
    return load_settings(folder_ / "server.toml");
  }
  void expect_refused(const std::string& toml, ErrorCode code, const std::string& named) {
    const auto loaded = load(toml);
    ASSERT_FALSE(loaded.ok()) << toml;
    EXPECT_EQ(loaded.error().code, code);
    EXPECT_NE(loaded.error().subject.find(named), std::string::npos) << loaded.error().subject;
  }
  std::filesystem::path folder_;
};

TEST_F(SettingsFile, AnEmptyFileGivesTheDocumentedDefaults) {
  const auto loaded = load("");
  ASSERT_TRUE(loaded.ok());
  const Settings& s = loaded->settings;
  EXPECT_EQ(s.gateways.port, 7443);
  EXPECT_EQ(s.enrolment.port, 7444);
  EXPECT_EQ(s.browsers.port, 8443);
  EXPECT_EQ(s.analysis_workers, 2);
  EXPECT_EQ(s.analysis_time_max, std::chrono::seconds{10});
}

TEST_F(SettingsFile, TheAnnotatedExampleHoldsTheDefaults) {
  const auto example = load_settings(ECG_SERVER_TOML);
  ASSERT_TRUE(example.ok()) << printable(example.error(), Language::kEnglish);
  const auto defaults = load("");
  ASSERT_TRUE(defaults.ok());
  EXPECT_EQ(example->settings.state, defaults->settings.state);
  EXPECT_EQ(example->settings.web_assets, defaults->settings.web_assets);
  EXPECT_EQ(example->settings.browsers.port, defaults->settings.browsers.port);
  EXPECT_TRUE(example->settings.browser_certificate.empty());
  EXPECT_EQ(example->settings.gateway_connections_per_address,
            defaults->settings.gateway_connections_per_address);
  EXPECT_EQ(example->settings.disk_reserve_bytes, defaults->settings.disk_reserve_bytes);
  EXPECT_EQ(example->settings.analysis_memory_bytes, defaults->settings.analysis_memory_bytes);
}

TEST_F(SettingsFile, AnUnknownKeyIsRefusedWithTheNearest) {
  expect_refused("[gateways]\nprot = 1\n", ErrorCode::kConfigUnknownKey, "gateways.port");
}

TEST_F(SettingsFile, APortOutsideItsRangeIsRefused) {
  expect_refused("[browsers]\nport = 65536\n", ErrorCode::kConfigInvalid, "browsers.port");
}

TEST_F(SettingsFile, ACertificateWithoutItsKeyIsRefused) {
  expect_refused("[browsers]\ncertificate = \"/etc/ecg/web.pem\"\n", ErrorCode::kConfigInvalid,
                 "browsers.key");
}

TEST_F(SettingsFile, AMainsFrequencyThatNoGridHasIsRefused) {
  expect_refused("[analysis]\nmains_hz = 55\n", ErrorCode::kConfigInvalid, "analysis.mains_hz");
}

TEST(Loopback, OnlyThisMachineCounts) {
  EXPECT_TRUE(is_loopback("127.0.0.1"));
  EXPECT_TRUE(is_loopback("::1"));
  EXPECT_TRUE(is_loopback("localhost"));
  EXPECT_FALSE(is_loopback("0.0.0.0"));
  EXPECT_FALSE(is_loopback("10.0.0.1"));
  EXPECT_FALSE(is_loopback("::"));
}

}  // namespace
}  // namespace ecg::server
