#include "server/admin/network_health.h"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <string>

#include <sys/statvfs.h>

#include "ecg/v1/exchange.pb.h"

#include "common/base/version.h"
#include "server/domain/gateway_health.h"
#include "server/domain/sla.h"

namespace ecg::admin {
namespace {

constexpr Duration kReaderOnlineWithin = std::chrono::minutes{5};
constexpr Duration kTurnaroundWindow = std::chrono::hours{24};
constexpr std::uint32_t kWeakLineRoundTripMs = 2000;

void put(Timestamp t, google::protobuf::Timestamp& out) {
  const std::int64_t us = to_micros(t);
  out.set_seconds(us / 1'000'000);
  out.set_nanos(static_cast<std::int32_t>(us % 1'000'000) * 1000);
}

Timestamp take(const google::protobuf::Timestamp& t) {
  return from_micros(t.seconds() * 1'000'000 + t.nanos() / 1000);
}

v1::Priority priority_code(domain::Priority priority) {
  return static_cast<v1::Priority>(static_cast<int>(priority) + v1::PRIORITY_STAT);
}

v1::GatewayState state_code(domain::GatewayHealth health) {
  switch (health) {
    case domain::GatewayHealth::kUnknown:
      return v1::GATEWAY_STATE_ENROLLED;
    case domain::GatewayHealth::kOnline:
      return v1::GATEWAY_STATE_ONLINE;
    case domain::GatewayHealth::kDegraded:
      return v1::GATEWAY_STATE_DEGRADED;
    case domain::GatewayHealth::kLate:
      return v1::GATEWAY_STATE_LATE;
    case domain::GatewayHealth::kOffline:
      return v1::GATEWAY_STATE_OFFLINE;
  }
  return v1::GATEWAY_STATE_UNSPECIFIED;
}

domain::GatewayReport report_of(const store::GatewayRecord& gateway, const v1::Heartbeat& heartbeat) {
  domain::GatewayReport report;
  report.last_heartbeat = gateway.last_heartbeat_at;
  report.unsent_studies = static_cast<int>(heartbeat.unsent_studies());
  if (heartbeat.has_oldest_unsent_at() && heartbeat.has_sent_at()) {
    report.oldest_unsent = take(heartbeat.sent_at()) - take(heartbeat.oldest_unsent_at());
  }
  if (heartbeat.clock_uncertainty_ms() > 0) {
    report.clock_offset = std::chrono::milliseconds{heartbeat.clock_offset_ms()};
  }
  report.weak_line = heartbeat.round_trip_ms() > kWeakLineRoundTripMs;
  return report;
}

std::string reason(domain::GatewayHealth health, const domain::GatewayReport& report) {
  switch (health) {
    case domain::GatewayHealth::kUnknown:
      return "never_seen";
    case domain::GatewayHealth::kLate:
    case domain::GatewayHealth::kOffline:
      return "no_heartbeat";
    case domain::GatewayHealth::kDegraded:
      if (std::chrono::abs(report.clock_offset) > domain::kClockOffsetMax) return "clock_offset";
      return report.weak_line ? "weak_line" : "backlog";
    case domain::GatewayHealth::kOnline:
      break;
  }
  return "";
}

double seconds_between(Timestamp from, Timestamp to) {
  return std::chrono::duration<double>(to - from).count();
}

Result<void> add_sites(const store::Snapshot& snapshot, Timestamp now,
                       v1::GetNetworkHealthResponse& response) {
  ECG_ASSIGN(const auto sites, snapshot.sites());
  ECG_ASSIGN(const auto gateways, snapshot.gateways());
  std::vector<v1::SiteStatus> statuses;
  for (const auto& site : sites) {
    std::vector<GatewayView> views;
    for (const auto& gateway : gateways) {
      if (gateway.site == site.id) views.push_back(gateway_view(gateway, now));
    }
    statuses.push_back(site_status(site, views));
    ECG_ASSIGN(const auto today, snapshot.studies_since(site.id, start_of_day(now)));
    statuses.back().set_studies_today(today);
  }
  std::ranges::stable_sort(statuses, {}, [](const v1::SiteStatus& s) { return severity(s.state()); });
  response.mutable_sites()->Assign(statuses.begin(), statuses.end());
  return {};
}

Result<void> add_queues(const store::Snapshot& snapshot, v1::GetNetworkHealthResponse& response) {
  ECG_ASSIGN(const auto queues, snapshot.queue_figures());
  for (const auto& figures : queues) {
    auto& queue = *response.add_queues();
    queue.set_priority(priority_code(figures.priority));
    queue.set_waiting(figures.waiting);
    queue.set_being_read(figures.being_read);
    if (figures.oldest_received_at) put(*figures.oldest_received_at, *queue.mutable_oldest_received_at());
  }
  return {};
}

Result<void> add_turnarounds(const store::Snapshot& snapshot, Timestamp now,
                             v1::GetNetworkHealthResponse& response) {
  ECG_ASSIGN(const auto samples, snapshot.turnaround_since(now - kTurnaroundWindow));
  for (const auto priority : domain::kPriorities) *response.add_turnarounds() = turnaround(priority, samples);
  response.set_breaches_today(breaches(samples, start_of_day(now)));
  return {};
}

}  // namespace

Result<v1::GetNetworkHealthResponse> network_health(const store::Store& store, const Clock& clock,
                                                    const std::filesystem::path& storage) {
  const Timestamp now = clock.now();
  v1::GetNetworkHealthResponse response;
  put(now, *response.mutable_as_of());
  response.set_version(std::string(kVersion));
  ECG_TRY(store.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_TRY(add_sites(snapshot, now, response));
    ECG_TRY(add_queues(snapshot, response));
    ECG_TRY(add_turnarounds(snapshot, now, response));
    ECG_ASSIGN(const auto critical, snapshot.open_critical_figures());
    response.set_critical_open(critical.count);
    if (critical.oldest_at) put(*critical.oldest_at, *response.mutable_oldest_critical_at());
    ECG_ASSIGN(const auto readers,
               snapshot.sessions_seen_since(now - kReaderOnlineWithin, 1u << v1::ROLE_READER));
    response.set_readers_online(readers);
    ECG_ASSIGN(const auto undelivered, snapshot.undelivered_reports());
    response.set_undelivered_reports(undelivered);
    return {};
  }));
  struct statvfs disk {};
  if (::statvfs(storage.c_str(), &disk) == 0 && disk.f_blocks > 0) {
    response.set_storage_used_fraction(1.0 - static_cast<double>(disk.f_bavail) /
                                                 static_cast<double>(disk.f_blocks));
  }
  return response;
}

GatewayView gateway_view(const store::GatewayRecord& gateway, Timestamp now) {
  GatewayView view;
  v1::GatewayStatus& status = view.status;
  status.set_gateway_id(gateway.id.value);
  put(gateway.expires_at, *status.mutable_certificate_expires_at());
  v1::Heartbeat heartbeat;
  if (gateway.last_heartbeat_at && heartbeat.ParseFromString(gateway.heartbeat)) {
    put(*gateway.last_heartbeat_at, *status.mutable_last_heartbeat_at());
    status.set_unsent_studies(heartbeat.unsent_studies());
    if (heartbeat.has_oldest_unsent_at()) *status.mutable_oldest_unsent_at() = heartbeat.oldest_unsent_at();
    if (heartbeat.clock_uncertainty_ms() > 0) {
      status.set_clock_offset_ms(heartbeat.clock_offset_ms());
      status.set_clock_uncertainty_ms(heartbeat.clock_uncertainty_ms());
    }
    if (heartbeat.round_trip_ms() > 0) status.set_round_trip_ms(heartbeat.round_trip_ms());
    status.set_version(heartbeat.version());
    status.set_spool_used_fraction(heartbeat.spool_used_fraction());
    status.set_device_connected(heartbeat.device_connected());
  }
  if (gateway.revoked_at) {
    status.set_state(v1::GATEWAY_STATE_RETIRED);
    return view;
  }
  const domain::GatewayReport report = report_of(gateway, heartbeat);
  const domain::GatewayHealth health = domain::gateway_health(report, now);
  status.set_state(state_code(health));
  view.reason_code = reason(health, report);
  return view;
}

v1::SiteStatus site_status(const store::SiteRecord& site, const std::vector<GatewayView>& gateways) {
  v1::SiteStatus status;
  status.mutable_site()->set_id(site.id.value);
  status.mutable_site()->set_name(site.name);
  status.mutable_site()->set_phone(site.phone);
  const GatewayView* worst = nullptr;
  for (const auto& view : gateways) {
    *status.add_gateways() = view.status;
    if (worst == nullptr || severity(view.status.state()) < severity(worst->status.state())) worst = &view;
  }
  status.set_state(worst == nullptr ? v1::GATEWAY_STATE_UNSPECIFIED : worst->status.state());
  status.set_reason_code(worst == nullptr ? "never_seen" : worst->reason_code);
  return status;
}

int severity(v1::GatewayState state) {
  switch (state) {
    case v1::GATEWAY_STATE_OFFLINE:
      return 0;
    case v1::GATEWAY_STATE_LATE:
      return 1;
    case v1::GATEWAY_STATE_UNSPECIFIED:
      return 2;
    case v1::GATEWAY_STATE_ENROLLED:
      return 3;
    case v1::GATEWAY_STATE_DEGRADED:
      return 4;
    case v1::GATEWAY_STATE_ONLINE:
      return 5;
    default:
      return 6;  // retired
  }
}

std::optional<double> percentile(std::vector<double> values, double fraction) {
  if (values.empty()) return std::nullopt;
  std::ranges::sort(values);
  const double rank = std::ceil(fraction * static_cast<double>(values.size()));
  const auto index = static_cast<std::size_t>(std::max(1.0, rank)) - 1;
  return values[std::min(index, values.size() - 1)];
}

v1::Turnaround turnaround(domain::Priority priority, const std::vector<store::TurnaroundSample>& samples) {
  std::vector<double> opened, first_signed, delivered;
  v1::Turnaround result;
  result.set_priority(priority_code(priority));
  std::uint32_t studies = 0;
  for (const auto& sample : samples) {
    if (sample.priority != priority) continue;
    ++studies;
    if (sample.opened_at) opened.push_back(seconds_between(sample.received_at, *sample.opened_at));
    if (!sample.first_signed_at) continue;
    first_signed.push_back(seconds_between(sample.received_at, *sample.first_signed_at));
    if (sample.delivered_at)
      delivered.push_back(seconds_between(*sample.first_signed_at, *sample.delivered_at));
  }
  result.set_studies(studies);
  if (const auto p = percentile(opened, 0.5)) result.set_received_to_opened_p50_s(*p);
  if (const auto p = percentile(opened, 0.9)) result.set_received_to_opened_p90_s(*p);
  if (const auto p = percentile(first_signed, 0.5)) result.set_received_to_signed_p50_s(*p);
  if (const auto p = percentile(first_signed, 0.9)) result.set_received_to_signed_p90_s(*p);
  if (const auto p = percentile(delivered, 0.5)) result.set_signed_to_delivered_p50_s(*p);
  if (const auto p = percentile(delivered, 0.9)) result.set_signed_to_delivered_p90_s(*p);
  return result;
}

std::uint32_t breaches(const std::vector<store::TurnaroundSample>& samples, Timestamp since) {
  const auto late = std::ranges::count_if(samples, [since](const store::TurnaroundSample& sample) {
    const auto limit = domain::service_level(domain::kDefaultServiceLevels, sample.priority).first_hard;
    return sample.first_signed_at && *sample.first_signed_at >= since &&
           *sample.first_signed_at - sample.received_at > limit;
  });
  return static_cast<std::uint32_t>(late);
}

Timestamp start_of_day(Timestamp now) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  std::tm local{};
  ::localtime_r(&seconds, &local);
  local.tm_hour = local.tm_min = local.tm_sec = 0;
  local.tm_isdst = -1;
  return Timestamp{std::chrono::seconds{::mktime(&local)}};
}

}  // namespace ecg::admin
