#include "server/main/gauges.h"

#include "server/admin/network_health.h"

namespace ecg::server {
namespace {

std::string class_name(v1::Priority priority) {
  switch (priority) {
    case v1::PRIORITY_STAT:
      return "stat";
    case v1::PRIORITY_URGENT:
      return "urgent";
    case v1::PRIORITY_ROUTINE:
      return "routine";
    default:
      return "screening";
  }
}

double seconds(const google::protobuf::Timestamp& t) {
  return static_cast<double>(t.seconds()) + static_cast<double>(t.nanos()) * 1e-9;
}

void set_site(Metrics& metrics, const v1::SiteStatus& site) {
  const Metrics::Labels labels{{"site", site.site().id()}};
  const bool up = site.state() == v1::GATEWAY_STATE_ONLINE || site.state() == v1::GATEWAY_STATE_DEGRADED;
  metrics.gauge("ecg_gateway_up", "1 while the site's gateway is heard in time", labels).set(up ? 1 : 0);
  double last = 0, unsent = 0, offset = 0;
  for (const auto& gateway : site.gateways()) {
    if (gateway.state() == v1::GATEWAY_STATE_RETIRED) continue;
    last = std::max(last, seconds(gateway.last_heartbeat_at()));
    unsent += gateway.unsent_studies();
    offset = static_cast<double>(gateway.clock_offset_ms()) / 1000;
    metrics.gauge("ecg_cert_not_after_timestamp_seconds", "End of the gateway's certificate", labels)
        .set(seconds(gateway.certificate_expires_at()));
  }
  metrics.gauge("ecg_gateway_last_heartbeat_timestamp_seconds", "0: never", labels).set(last);
  metrics.gauge("ecg_gateway_spool_items", "Studies the gateway has not sent yet", labels).set(unsent);
  metrics.gauge("ecg_gateway_clock_offset_seconds", "Gateway minus center", labels).set(offset);
}

}  // namespace

Result<void> Gauges::refresh() {
  ECG_ASSIGN(const auto health, admin::network_health(store_, clock_, state_));
  for (const auto& site : health.sites()) set_site(metrics_, site);
  for (const auto& queue : health.queues()) {
    const Metrics::Labels labels{{"priority", class_name(queue.priority())}};
    metrics_.gauge("ecg_queue_items", "Studies that wait for a reader", labels).set(queue.waiting());
    metrics_.gauge("ecg_queue_oldest_timestamp_seconds", "Arrival of the longest waiting; 0: none", labels)
        .set(seconds(queue.oldest_received_at()));
  }
  metrics_.gauge("ecg_critical_open", "Critical results not closed").set(health.critical_open());
  metrics_.gauge("ecg_readers_online", "Readers active within 5 minutes").set(health.readers_online());
  metrics_.gauge("ecg_reports_undelivered", "Reports not yet stored at their clinic")
      .set(health.undelivered_reports());
  metrics_.gauge("ecg_storage_used_ratio", "Of the file system that holds the store")
      .set(health.storage_used_fraction());
  const auto figures = store_.figures();
  metrics_.gauge("ecg_store_commits", "Commits since the start").set(static_cast<double>(figures.commits));
  metrics_.gauge("ecg_store_waiting", "Changes not yet written").set(static_cast<double>(figures.waiting));
  return {};
}

}  // namespace ecg::server
