// Configuration of ecg-gateway (deploy/config/gateway.toml).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "common/base/config.h"
#include "common/base/error.h"
#include "common/base/log.h"

namespace ecg::gateway {

struct Settings {
  std::filesystem::path state_dir;
  std::string device;                  // "none", "simulator:SCENARIO", "wfdb:PATH[?speed=real|full]"
  std::filesystem::path watch_folder;  // empty: none
  std::filesystem::path web_dir;       // empty: no pages
  std::filesystem::path control_socket;
  std::string center_address;        // empty: as enrolment said
  std::uint16_t clinic_port = 8480;  // 0: the system chooses
  std::int64_t spool_bytes_max = 0;
  std::size_t keep_confirmed = 0;
  Language language = Language::kChinese;
  log::Level log_level = log::Level::kInfo;
  std::string effective;  // for --print-config
};

// Everything that can be checked without opening data is checked here.
// Errors: kConfigUnreadable, kConfigInvalid, kConfigUnknownKey.
Result<Settings> read_settings(const std::filesystem::path& file);
Result<Settings> read_settings(const std::filesystem::path& file, ConfigReader::Environment environment);

}  // namespace ecg::gateway
