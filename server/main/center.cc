#include "server/main/center.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/stat.h>

#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/log.h"
#include "common/base/metrics.h"
#include "common/base/notify.h"
#include "common/base/password.h"
#include "common/base/random.h"
#include "common/base/try_throttle.h"
#include "common/base/version.h"
#include "common/base/workers.h"
#include "common/net/connect_server.h"
#include "server/admin/people.h"
#include "server/admin/sites.h"
#include "server/analysis/stage.h"
#include "server/api/grpc/gateway_server.h"
#include "server/api/web/event_hub.h"
#include "server/api/web/fan_out.h"
#include "server/api/web/guard.h"
#include "server/api/web/services.h"
#include "server/archive/archiver.h"
#include "server/delivery/delivery.h"
#include "server/delivery/outbox.h"
#include "server/identity/enrolment.h"
#include "server/identity/sessions.h"
#include "server/identity/sign_in.h"
#include "server/ingest/intake.h"
#include "server/ingest/recovery.h"
#include "server/main/gauges.h"
#include "server/main/health.h"
#include "server/main/keys.h"
#include "server/main/repeater.h"
#include "server/reading/desk.h"
#include "server/reporting/report_stage.h"
#include "server/routing/timers.h"
#include "server/store/event_follower.h"
#include "server/store/sqlite/sqlite_store.h"

namespace ecg::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kExitStorageFailed = 74;
constexpr std::size_t kPemBytesMax = 64 * 1024;
// Together below the 20 s a stop may take.
constexpr milliseconds kGatewaysGrace{4'000};
constexpr milliseconds kPagesGrace{4'000};
constexpr std::chrono::minutes kForgetEventsEvery{10};
constexpr std::chrono::minutes kPackEvery{1};
constexpr std::uint64_t kEventsKept = 100'000;

std::vector<std::string> certificate_names(const Settings& settings) {
  std::vector<std::string> names = {settings.public_host};
  const auto add = [&names](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const auto& name : settings.host_names) add(name);
  add("localhost");
  add("127.0.0.1");
  return names;
}

// In the URIs of gateways' certificates: stays the same for as long as the CA does.
std::string center_id(const net::CertificateAuthority& authority) {
  return "center-" + net::hex(authority.fingerprint()).substr(0, 16);
}

store::SqliteOptions store_options() {
  store::SqliteOptions options;
  options.on_fatal = [](const Error& error) {
    log::error("storage_failed", error);
    std::_Exit(kExitStorageFailed);
  };
  return options;
}

analysis::StageOptions analysis_options(const Settings& settings) {
  analysis::StageOptions options;
  options.pool.command = {{"/proc/self/exe", "work"}, settings.analysis_memory_bytes};
  options.pool.workers = settings.analysis_workers;
  options.pool.job_time_max = std::chrono::duration_cast<milliseconds>(settings.analysis_time_max);
  options.mains_hz = settings.mains_hz;
  return options;
}

net::ConnectServer::Options page_options() {
  net::ConnectServer::Options options;
  options.stop_grace = kPagesGrace;
  return options;
}

// Events are hints once every stage has acted on them. Delivery remembers its place; the others find open
// work by state when they start, and are never this far behind while they run.
Result<void> forget_old_events(store::Store& store) {
  return store.write_wait([](store::Transaction& transaction) -> Result<void> {
    ECG_ASSIGN(const auto last, transaction.last_event());
    ECG_ASSIGN(const auto delivered, transaction.position(delivery::kStage));
    const std::uint64_t kept_from = last > kEventsKept ? last - kEventsKept : 0;
    return transaction.erase_events_before(std::min(kept_from, delivered));
  });
}

Result<net::TlsMaterial> browser_material(const Settings& settings, const Keys& keys) {
  if (settings.browser_certificate.empty()) return keys.server;
  net::TlsMaterial material;
  ECG_ASSIGN(material.certificate_pem, read_file(settings.browser_certificate, kPemBytesMax));
  ECG_ASSIGN(material.key_pem, read_file(settings.browser_key, kPemBytesMax));
  return material;
}

}  // namespace

// Members stand in the order of construction; what comes later uses what comes earlier.
struct Center::Impl {
  explicit Impl(const Settings& s, std::unique_ptr<store::Store> opened, Keys k)
      : settings(s), store(std::move(opened)), keys(std::move(k)) {}
  ~Impl() { stop(); }

  Result<void> start_stages();
  Result<void> listen(bool insecure_loopback);
  Result<void> listen_for_pages(bool insecure_loopback);
  Result<void> listen_for_enrolment();
  Result<void> write_ports() const;
  void start_repeaters();
  void stop();

  const Settings settings;
  SystemClock clock;
  SystemRandom random;
  Metrics metrics;
  std::unique_ptr<store::Store> store;
  Keys keys;
  Health health{*store, clock, settings.state, settings.disk_reserve_bytes, keys.server_expires_at};

  PasswordHasher hasher{{}, random};
  TryThrottle throttle{{}, clock};
  identity::Sessions sessions{*store, clock, random};
  identity::SignIn sign_in{*store, sessions, hasher, throttle, clock};

  std::unique_ptr<analysis::Stage> analysis;
  std::unique_ptr<reporting::ReportStage> reporting;
  routing::Timers timers{*store, clock, metrics};
  std::unique_ptr<routing::TimerThread> timer_thread;
  reading::Desk desk{*store, clock};
  web::EventHub events{clock, std::string(kVersion)};
  std::unique_ptr<store::EventFollower> fan_out;

  Workers ingest_workers{2};
  ingest::Intake intake{*store,         clock,   keys.receipt,
                        ingest_workers, metrics, {.room = [this] { return health.room(); }}};
  delivery::Delivery delivery{*store, clock, {settings.center_name, settings.duty_phone}, metrics};
  std::unique_ptr<api::GatewayServer> gateways;

  // Known once the listeners' ports are.
  std::unique_ptr<identity::Enrolment> enrolment;
  std::atomic<identity::Enrolment*> enrolment_ready{nullptr};
  std::unique_ptr<admin::People> people;
  std::unique_ptr<admin::Sites> sites;
  std::unique_ptr<web::Parts> parts;
  net::Registry enrolment_registry, page_registry;
  std::unique_ptr<net::ConnectServer> enrolment_server, pages;
  std::uint16_t enrolment_port = 0, browsers_port = 0;

  Gauges gauges{metrics, *store, clock, settings.state};
  archive::Archiver archiver{*store, clock, metrics};
  std::vector<std::unique_ptr<Repeater>> repeaters;
  bool stopped = false;
};

Result<void> Center::Impl::start_stages() {
  ECG_TRY(ingest::note_lost_lines(*store, clock));
  ECG_ASSIGN(analysis, analysis::Stage::start(*store, clock, metrics, analysis_options(settings)));
  ECG_ASSIGN(reporting, reporting::ReportStage::start(*store, clock, metrics,
                                                      {settings.center_name, Language::kChinese}));
  timer_thread = std::make_unique<routing::TimerThread>(*store, clock, timers);
  ECG_ASSIGN(fan_out, web::start_fan_out(*store, events));
  return delivery.start();
}

Result<void> Center::Impl::listen(bool insecure_loopback) {
  net::GrpcServer::Options options;
  options.address = settings.gateways.address;
  options.port = settings.gateways.port;
  options.tls = keys.server;
  options.client_ca_pem = keys.authority.certificate_pem();
  options.accept.connections_per_address = settings.gateway_connections_per_address;
  ECG_ASSIGN(gateways, api::GatewayServer::start(std::move(options), center_id(keys.authority), *store, clock,
                                                 intake, delivery));
  ECG_TRY(listen_for_enrolment());
  return listen_for_pages(insecure_loopback);
}

Result<void> Center::Impl::listen_for_enrolment() {
  web::add_enrolment_service(enrolment_registry, enrolment_ready);
  enrolment_server =
      std::make_unique<net::ConnectServer>(page_options(), enrolment_registry, web::make_guard(sessions),
                                           web::make_observer(*store, clock, metrics), clock);
  ECG_ASSIGN(enrolment_port,
             enrolment_server->listen_tls(settings.enrolment.address, settings.enrolment.port, keys.server));
  identity::EnrolmentOptions options;
  options.center = center_id(keys.authority);
  options.enrolment_address = settings.public_host + ":" + std::to_string(enrolment_port);
  options.gateway_address = settings.public_host + ":" + std::to_string(gateways->port());
  options.receipt_public_key_der = keys.receipt.public_key_der();
  enrolment =
      std::make_unique<identity::Enrolment>(*store, keys.authority, clock, random, std::move(options));
  enrolment_ready = enrolment.get();
  return {};
}

Result<void> Center::Impl::listen_for_pages(bool insecure_loopback) {
  people = std::make_unique<admin::People>(*store, sign_in, clock, random);
  sites = std::make_unique<admin::Sites>(*store, *enrolment, clock);
  parts.reset(new web::Parts{*store, clock, desk, events, sessions, sign_in, *people, *sites,
                             settings.center_name, settings.state});
  web::add_sign_in_service(page_registry, *parts);
  web::add_worklist_service(page_registry, *parts);
  web::add_reading_service(page_registry, *parts);
  web::add_administration_service(page_registry, *parts);
  web::add_event_service(page_registry, *parts);
  pages = std::make_unique<net::ConnectServer>(page_options(), page_registry, web::make_guard(sessions),
                                               web::make_observer(*store, clock, metrics), clock);
  pages->get("/healthz", [] { return net::PlainAnswer{200, "text/plain; charset=utf-8", "ok\n"}; });
  pages->get("/readyz", [this] { return health.ready(); });
  pages->get("/version", [] {
    return net::PlainAnswer{200, "text/plain; charset=utf-8", std::string(kVersion) + "\n"};
  });
  pages->get(
      "/metrics",
      [this] {
        return net::PlainAnswer{200, "text/plain; version=0.0.4", metrics.text()};
      },
      net::Reach::kThisMachine);
  pages->redirect("/", "/reader.html");
  pages->serve_files("/", settings.web_assets);
  if (insecure_loopback) {
    ECG_ASSIGN(browsers_port, pages->listen_loopback(settings.browsers.port));
  } else {
    ECG_ASSIGN(const auto material, browser_material(settings, keys));
    ECG_ASSIGN(browsers_port, pages->listen_tls(settings.browsers.address, settings.browsers.port, material));
  }
  return pages->listen_unix(settings.control_socket, 0600);
}

Result<void> Center::Impl::write_ports() const {
  const std::string ports = "{\"gateways\":" + std::to_string(gateways->port()) +
                            ",\"enrolment\":" + std::to_string(enrolment_port) +
                            ",\"browsers\":" + std::to_string(browsers_port) + "}\n";
  return write_file_durably(settings.state / "ports.json", ports, 0644);
}

void Center::Impl::start_repeaters() {
  const auto every = [this](milliseconds interval, std::function<void()> act) {
    repeaters.push_back(std::make_unique<Repeater>(interval, std::move(act)));
  };
  every(seconds{2}, [this] { events.tick(); });
  every(seconds{5}, [this] {
    if (const auto swept = analysis->sweep(); !swept.ok())
      log::warning("analysis_sweep_failed", swept.error());
  });
  every(seconds{10}, [this] {
    if (const auto read = gauges.refresh(); !read.ok()) log::warning("gauges_unreadable", read.error());
  });
  every(kForgetEventsEvery, [this] {
    if (const auto forgotten = forget_old_events(*store); !forgotten.ok()) {
      log::warning("events_not_forgotten", forgotten.error());
    }
  });
  every(kPackEvery, [this] {
    if (const auto packed = archiver.run(); !packed.ok()) log::warning("packing_failed", packed.error());
  });
  if (const auto watchdog = notify::watchdog_interval()) {
    // A store that no longer answers keeps the notice from being sent, and the supervisor restarts the
    // center.
    every(std::chrono::duration_cast<milliseconds>(*watchdog), [this] {
      if (store->read([](const store::Snapshot&) { return Result<void>{}; }).ok()) notify::watchdog();
    });
  }
}

void Center::Impl::stop() {
  if (stopped) return;
  stopped = true;
  health.set_serving(false);
  repeaters.clear();
  events.close(Error{ErrorCode::kShuttingDown, settings.center_name});
  if (enrolment_server) enrolment_server->stop();
  if (gateways) gateways->stop(kGatewaysGrace);
  if (pages) pages->stop();
  enrolment_ready = nullptr;
  fan_out.reset();
  timer_thread.reset();
  reporting.reset();
  analysis.reset();
}

Center::Center(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Center::~Center() = default;
void Center::stop() {
  impl_->stop();
}

Result<std::unique_ptr<Center>> Center::start(const Settings& settings, bool insecure_loopback) {
  if (insecure_loopback && !is_loopback(settings.browsers.address)) {
    return Error{ErrorCode::kConfigInvalid, "browsers.address: --insecure-loopback needs 127.0.0.1"};
  }
  SystemClock clock;
  SystemRandom random;
  ECG_ASSIGN(auto store, store::open_sqlite_store(settings.state.string(), random, store_options()));
  ECG_ASSIGN(auto keys,
             open_keys(settings.state / "keys", settings.center_name, certificate_names(settings), clock));
  auto impl = std::make_unique<Impl>(settings, std::move(store), std::move(keys));
  ECG_TRY(impl->start_stages());
  ECG_TRY(impl->listen(insecure_loopback));
  impl->start_repeaters();
  impl->health.set_serving(true);
  ECG_TRY(impl->write_ports());
  log::info("ready", {{"version", kVersion},
                      {"gateways", impl->gateways->port()},
                      {"enrolment", impl->enrolment_port},
                      {"browsers", impl->browsers_port},
                      {"control", settings.control_socket.string()}});
  return std::unique_ptr<Center>(new Center(std::move(impl)));
}

}  // namespace ecg::server
