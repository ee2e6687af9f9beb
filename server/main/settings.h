// The center's configuration: what the file may say, with its defaults. deploy/config/server.toml explains
// each key.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "common/base/config.h"
#include "common/base/log.h"
#include "common/base/result.h"

namespace ecg::server {

// Port 0: the system chooses one; the chosen ones stand in <state>/ports.json.
struct ListenAddress {
  std::string address;
  std::uint16_t port = 0;
};

struct Settings {
  std::string center_name, duty_phone;
  std::string public_host;              // where gateways and browsers reach the center
  std::vector<std::string> host_names;  // other names and addresses, for the server's certificate
  std::filesystem::path state;
  std::filesystem::path control_socket;
  std::filesystem::path web_assets;

  ListenAddress gateways, enrolment, browsers;
  int gateway_connections_per_address = 64;
  // Both or neither; neither: issued by the center's own CA.
  std::filesystem::path browser_certificate, browser_key;

  int analysis_workers = 2;
  std::chrono::microseconds analysis_time_max{};
  std::uint64_t analysis_memory_bytes = 0;
  double mains_hz = 50;

  std::uint64_t disk_reserve_bytes = 0;  // below this much free space new uploads are refused
  log::Level log_level = log::Level::kInfo;
};

struct LoadedSettings {
  Settings settings;
  std::string effective;  // as --print-config prints it
};

// An empty path: defaults and environment. Errors: those of ConfigReader; kConfigInvalid for what does not
// fit together.
Result<LoadedSettings> load_settings(const std::filesystem::path& file);

// True for 127.0.0.0/8, ::1 and "localhost": the only places where the pages may be served without TLS.
bool is_loopback(const std::string& address);

}  // namespace ecg::server
