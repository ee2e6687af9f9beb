#include "gateway/main/settings.h"

#include <cstdlib>

#include "gateway/main/device.h"

namespace ecg::gateway {

Result<Settings> read_settings(const std::filesystem::path& file) {
  return read_settings(file, [](const char* name) { return static_cast<const char*>(std::getenv(name)); });
}

Result<Settings> read_settings(const std::filesystem::path& file, ConfigReader::Environment environment) {
  const char* const runtime = environment("RUNTIME_DIRECTORY");
  ECG_ASSIGN(ConfigReader config, ConfigReader::open(file, environment));
  Settings out;
  out.state_dir = config.path("state_dir", "/var/lib/ecg-gateway");
  out.device = config.text("device", "none");
  out.watch_folder = config.path("watch_folder", "");
  out.web_dir = config.path("web_dir", "/usr/share/ecg/web");
  out.control_socket = config.path("control_socket", "");
  out.center_address = config.text("center.address", "", 255);
  out.clinic_port = static_cast<std::uint16_t>(config.integer("clinic_page.port", 8480, 0, 65535));
  out.spool_bytes_max = config.integer("spool.max_mib", 20 * 1024, 64, 16 * 1024 * 1024) << 20;
  out.keep_confirmed = static_cast<std::size_t>(config.integer("spool.keep_confirmed", 500, 0, 1'000'000));
  out.language =
      config.choice("language", "zh", {"zh", "en"}) == "zh" ? Language::kChinese : Language::kEnglish;
  (void)log::parse_level(config.choice("log.level", "info", {"debug", "info", "warning", "error"}),
                         &out.log_level);
  ECG_TRY(config.finish());
  if (out.control_socket.empty()) {
    const bool given = runtime != nullptr && *runtime != '\0';
    out.control_socket = (given ? std::filesystem::path(runtime) : out.state_dir) / "ctl.sock";
  }
  const auto device = parse_device(out.device);
  if (!device.ok())
    return Error{ErrorCode::kConfigInvalid, "device: " + device.error().subject, device.error().detail};
  out.effective = config.effective();
  return out;
}

}  // namespace ecg::gateway
