#include "gateway/main/gateway.h"

#include "common/base/file.h"
#include "common/base/log.h"
#include "common/base/version.h"
#include "common/formats/sandbox/sandbox.h"
#include "common/net/tls.h"
#include "gateway/capture/importer.h"
#include "gateway/inbox/inbox.h"
#include "gateway/main/device.h"
#include "gateway/spool/recordings.h"
#include "gateway/spool/site.h"
#include "gateway/spool/studies.h"

namespace ecg::gateway {
namespace {

constexpr std::chrono::hours kExpiryWarning{24 * 10};

void log_call(const net::CallContext& context, const Error* failed, std::chrono::microseconds took) {
  if (failed != nullptr)
    log::info("call_refused", {{"method", context.method}, {"code", facts(failed->code).catalogue}});
  log::debug("call", {{"method", context.method}, {"took_us", took.count()}});
}

}  // namespace

Result<std::unique_ptr<Gateway>> Gateway::start(const Settings& settings) {
  std::unique_ptr<Gateway> gateway(new Gateway(settings));
  ECG_TRY(gateway->open());
  ECG_TRY(gateway->open_device());
  ECG_TRY(gateway->start_uplink());
  ECG_TRY(gateway->start_pages());
  ECG_TRY(gateway->start_watch_folder());
  if (gateway->source_) gateway->source_->start(*gateway->station_);
  ECG_TRY(
      write_file_durably(settings.state_dir / "clinic.port", std::to_string(gateway->port_) + "\n", 0644));
  gateway->ready_ = true;
  log::info("ready", {{"clinic_page", "http://127.0.0.1:" + std::to_string(gateway->port_)},
                      {"port", gateway->port_},
                      {"version", kVersion}});
  return gateway;
}

Result<void> Gateway::open() {
  spool::SpoolOptions options;
  options.bytes_max = settings_.spool_bytes_max;
  options.keep_confirmed = settings_.keep_confirmed;
  ECG_ASSIGN(spool_, spool::Spool::open(settings_.state_dir.string(), options, clock_));
  ECG_ASSIGN(unfinished_, spool::end_unfinished(*spool_));
  if (unfinished_.ended > 0) log::warning("unfinished_recordings_ended", {{"count", unfinished_.ended}});
  ECG_ASSIGN(enrolment_, load_enrolment(settings_.state_dir));
  return {};
}

Result<formats::ImportedRecording> Gateway::read_file_confined(const std::string& path) const {
  return formats::read_in_sandbox(formats::default_sandbox_program(), path);
}

Result<void> Gateway::open_device() {
  ECG_ASSIGN(const Device device, parse_device(settings_.device));
  ECG_ASSIGN(source_,
             gateway::open_device(
                 device, [this](const std::string& path) { return read_file_confined(path); }, clock_));
  station_ = std::make_unique<capture::Station>(*spool_, source_.get(), random_, [this] {
    const uplink::LineStatus line = line_.status();
    return capture::ClockReading{line.clock_offset_ms, line.clock_uncertainty_ms};
  });
  for (const UploadId& upload : unfinished_.left) station_->end_later(upload);
  return {};
}

Result<void> Gateway::start_uplink() {
  line_.on_change([this](ecg::v1::LineState) { spool_->changes().bump(); });
  if (!enrolment_) {
    const Error not_enrolled{ErrorCode::kNotEnrolled, settings_.state_dir.string()};
    line_.set(ecg::v1::LINE_STATE_DOWN, not_enrolled);
    log::warning("not_enrolled", not_enrolled);
    return {};
  }
  if (!settings_.center_address.empty()) enrolment_->uplink.center_address = settings_.center_address;
  ECG_ASSIGN(const auto certificate, net::read_certificate(enrolment_->uplink.certificate_pem));
  if (certificate.not_after - clock_.now() < kExpiryWarning) {
    log::warning("certificate_expires", {{"at", to_iso8601(certificate.not_after)}});
  }
  ECG_ASSIGN(const auto channel, uplink::make_channel(enrolment_->uplink));
  uploads_ = std::make_unique<uplink::UploadPool>(*spool_, channel, enrolment_->uplink, random_);
  uplink::ExchangeClient::Options options;
  options.version = kVersion;
  options.device_connected = [this] { return station_->connected(); };
  options.on_delivery = [this](const ecg::v1::Delivery& delivery) {
    return inbox::take_delivery(*spool_, delivery);
  };
  options.on_progress = [this](const ecg::v1::StudyProgress& progress) {
    return inbox::take_progress(*spool_, progress);
  };
  exchange_ = std::make_unique<uplink::ExchangeClient>(*spool_, channel, line_, random_, options);
  line_.on_change([this](ecg::v1::LineState state) {
    if (state == ecg::v1::LINE_STATE_CONNECTED) uploads_->line_is_up();
    log::info("line", {{"state", ecg::v1::LineState_Name(state)}});
  });
  uploads_->start();
  exchange_->start();
  return {};
}

Result<void> Gateway::start_watch_folder() {
  if (settings_.watch_folder.empty()) return {};
  acquire::WatchFolder::Options options;
  options.folder = settings_.watch_folder;
  watch_folder_ = std::make_unique<acquire::WatchFolder>(
      options, [this](const std::string& path) { return read_file_confined(path); },
      [this](const formats::ImportedRecording& imported, const std::string&, const std::string& digest) {
        return capture::import_recording(*spool_, random_, imported, digest);
      },
      [this](const acquire::FileOutcome& outcome) {
        ecg::v1::ImportedFile file;
        file.set_file_name(outcome.file_name);
        file.set_kept_as(outcome.kept_as);
        if (outcome.study_id.ok()) {
          file.set_study_id(*outcome.study_id);
        } else {
          file.set_error_code(static_cast<std::uint32_t>(facts(outcome.study_id.error().code).catalogue));
          file.set_subject(outcome.study_id.error().subject);
        }
        const auto stored = spool::store_import(*spool_, file);
        if (!stored.ok()) log::error("import_not_noted", stored.error());
      },
      clock_);
  return watch_folder_->start();
}

Result<void> Gateway::start_pages() {
  clinic::ClinicParts parts{*spool_, *station_, source_.get(), line_, random_, enrolment_.has_value(), {},
                            {},      {}};
  if (enrolment_) parts.site_id = enrolment_->uplink.site_id;
  if (enrolment_) parts.site_name = enrolment_->site_name;
  parts.watch_folder = settings_.watch_folder.string();
  clinic_ = std::make_unique<clinic::ClinicService>(std::move(parts));
  clinic_->add_to(registry_);
  net::ConnectServer::Options options;
  options.stop_grace = std::chrono::seconds(5);
  server_ = std::make_unique<net::ConnectServer>(options, registry_, clinic_->guard(), log_call, clock_);
  server_->get("/healthz", [] { return net::PlainAnswer{200, "text/plain; charset=utf-8", "ok\n"}; });
  server_->get("/readyz", [this] {
    const bool usable = ready_ && spool_->usage().ok();
    return net::PlainAnswer{usable ? 200 : 503, "text/plain; charset=utf-8",
                            usable ? "ready\n" : "not ready\n"};
  });
  server_->get(
      "/metrics", [this] { return metrics_page(); }, net::Reach::kThisMachine);
  if (!settings_.web_dir.empty()) {
    server_->redirect("/", "/clinic");
    server_->serve_files("/", settings_.web_dir);
  }
  ECG_TRY(server_->listen_unix(settings_.control_socket, 0600));
  ECG_ASSIGN(port_, server_->listen_loopback(settings_.clinic_port));
  clinic_->start();
  return {};
}

net::PlainAnswer Gateway::metrics_page() {
  const uplink::LineStatus line = line_.status();
  metrics_.gauge("ecg_gateway_line_up", "1 while the center answers heartbeats")
      .set(line.state == ecg::v1::LINE_STATE_CONNECTED ? 1 : 0);
  metrics_.gauge("ecg_gateway_clock_offset_seconds", "This clock minus the center's")
      .set(static_cast<double>(line.clock_offset_ms) / 1000);
  metrics_.gauge("ecg_gateway_round_trip_seconds", "Of the last heartbeat")
      .set(static_cast<double>(line.round_trip_ms) / 1000);
  metrics_.gauge("ecg_gateway_device_connected", "1 while the device sends samples")
      .set(station_->connected() ? 1 : 0);
  if (const auto counts = spool::count_studies(*spool_, clock_.now()); counts.ok()) {
    metrics_.gauge("ecg_gateway_unsent_studies", "Recordings without the center's receipt")
        .set(static_cast<double>(counts->unsent));
  }
  if (const auto usage = spool_->usage(); usage.ok()) {
    metrics_.gauge("ecg_gateway_spool_used_ratio", "Of what the spool may use; 1 refuses new recordings")
        .set(usage->used_fraction);
  }
  return {200, "text/plain; version=0.0.4; charset=utf-8", metrics_.text()};
}

void Gateway::stop() {
  if (stopped_) return;
  stopped_ = true;
  ready_ = false;
  if (watch_folder_) watch_folder_->stop();
  if (source_) source_->stop();
  if (station_) station_->shut_down();
  if (clinic_) clinic_->stop();
  if (server_) server_->stop();
  if (uploads_) uploads_->stop();
  if (exchange_) exchange_->stop();
  if (spool_) log::info("stopped");
}

}  // namespace ecg::gateway
