#include "server/main/settings.h"

#include <cstdlib>

namespace ecg::server {
namespace {

constexpr std::uint64_t kMiB = 1024 * 1024;

// systemd names the service's folder under /run.
std::filesystem::path default_control_socket(const std::filesystem::path& state) {
  const char* runtime = std::getenv("RUNTIME_DIRECTORY");
  return (runtime != nullptr && *runtime != '\0' ? std::filesystem::path(runtime) : state) / "ctl.sock";
}

ListenAddress listen_address(ConfigReader& config, const std::string& table, const std::string& address,
                             std::uint16_t port) {
  ListenAddress listen;
  listen.address = config.text(table + ".address", address);
  listen.port = static_cast<std::uint16_t>(config.integer(table + ".port", port, 0, 65535));
  return listen;
}

std::uint64_t mebibytes(ConfigReader& config, std::string_view key, std::int64_t fallback, std::int64_t min) {
  return static_cast<std::uint64_t>(config.integer(key, fallback, min, 1024 * 1024)) * kMiB;
}

}  // namespace

Result<LoadedSettings> load_settings(const std::filesystem::path& file) {
  ECG_ASSIGN(auto config, ConfigReader::open(file));
  Settings s;
  s.center_name = config.text("center_name", "ECG center", 128);
  s.duty_phone = config.text("duty_phone", "", 64);
  s.public_host = config.text("public_host", "localhost", 253);
  s.host_names = config.list("host_names", {});
  s.state = config.path("state_dir", "/var/lib/ecg-server");
  s.control_socket = config.path("control_socket", default_control_socket(s.state));
  s.web_assets = config.path("web_dir", "/usr/share/ecg/web");
  s.gateways = listen_address(config, "gateways", "0.0.0.0", 7443);
  s.gateway_connections_per_address =
      static_cast<int>(config.integer("gateways.connections_per_address", 64, 1, 4096));
  s.enrolment = listen_address(config, "enrolment", "0.0.0.0", 7444);
  s.browsers = listen_address(config, "browsers", "0.0.0.0", 8443);
  s.browser_certificate = config.path("browsers.certificate", "");
  s.browser_key = config.path("browsers.key", "");
  s.analysis_workers = static_cast<int>(config.integer("analysis.workers", 2, 1, 64));
  s.analysis_time_max = config.seconds("analysis.time_s", std::chrono::seconds{10},
                                       std::chrono::milliseconds{100}, std::chrono::minutes{10});
  s.analysis_memory_bytes = mebibytes(config, "analysis.memory_mib", 1024, 256);
  s.mains_hz = static_cast<double>(config.integer("analysis.mains_hz", 50, 0, 60));
  s.disk_reserve_bytes = mebibytes(config, "storage.reserve_mib", 256, 0);
  const std::string level = config.choice("log.level", "info", {"debug", "info", "warning", "error"});
  ECG_TRY(config.finish());

  (void)log::parse_level(level, &s.log_level);
  if (s.public_host.empty()) return Error{ErrorCode::kConfigInvalid, "public_host: a name or an address"};
  if (s.browser_certificate.empty() != s.browser_key.empty()) {
    return Error{ErrorCode::kConfigInvalid, "browsers.certificate and browsers.key: both or neither"};
  }
  if (s.mains_hz != 0 && s.mains_hz != 50 && s.mains_hz != 60) {
    return Error{ErrorCode::kConfigInvalid, "analysis.mains_hz: 50, 60, or 0 for no mains filter"};
  }
  return LoadedSettings{std::move(s), config.effective()};
}

bool is_loopback(const std::string& address) {
  return address == "localhost" || address == "::1" || address.rfind("127.", 0) == 0;
}

}  // namespace ecg::server
