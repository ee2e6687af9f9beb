// The whole program, built by hand in order and taken down in the other.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "common/base/clock.h"
#include "common/base/metrics.h"
#include "common/base/random.h"
#include "common/net/connect_server.h"
#include "common/net/rpc.h"
#include "gateway/acquire/watch_folder.h"
#include "gateway/capture/station.h"
#include "gateway/clinic/clinic_service.h"
#include "gateway/main/enrolment.h"
#include "gateway/main/settings.h"
#include "gateway/spool/recordings.h"
#include "gateway/spool/spool.h"
#include "gateway/uplink/exchange_client.h"
#include "gateway/uplink/line.h"
#include "gateway/uplink/upload_pool.h"

namespace ecg::gateway {

class Gateway {
 public:
  // Opens the spool, ends what a crash left unfinished, and starts everything. When it answers, the clinic
  // page is served and its port stands in <state_dir>/clinic.port. Errors: kDirectoryInUse, kPortInUse,
  // kStorageDamaged, those of the device.
  static Result<std::unique_ptr<Gateway>> start(const Settings& settings);
  // A running recording ends as partial; nothing acknowledged to the operator is lost. Within 20 s. A repeat
  // changes nothing.
  void stop();
  ~Gateway() { stop(); }
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  std::uint16_t clinic_port() const { return port_; }

 private:
  explicit Gateway(const Settings& settings) : settings_(settings), line_(clock_) {}
  Result<void> open();
  Result<void> open_device();
  Result<void> start_uplink();
  Result<void> start_watch_folder();
  Result<void> start_pages();
  net::PlainAnswer metrics_page();
  Result<formats::ImportedRecording> read_file_confined(const std::string& path) const;

  const Settings settings_;
  SystemClock clock_;
  SystemRandom random_;
  Metrics metrics_;
  std::unique_ptr<spool::Spool> spool_;
  spool::Unfinished unfinished_;
  std::optional<StoredEnrolment> enrolment_;
  uplink::Line line_;
  std::unique_ptr<acquire::SampleSource> source_;
  std::unique_ptr<capture::Station> station_;
  std::unique_ptr<acquire::WatchFolder> watch_folder_;
  std::unique_ptr<uplink::UploadPool> uploads_;
  std::unique_ptr<uplink::ExchangeClient> exchange_;
  std::unique_ptr<clinic::ClinicService> clinic_;
  net::Registry registry_;
  std::unique_ptr<net::ConnectServer> server_;
  std::uint16_t port_ = 0;
  std::atomic<bool> ready_{false};
  bool stopped_ = false;
};

}  // namespace ecg::gateway
