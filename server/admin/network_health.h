// One screen: what of the network is broken and how bad (AdministrationService.GetNetworkHealth).
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "ecg/v1/administration.pb.h"
#include "ecg/v1/site.pb.h"

#include "common/base/clock.h"
#include "common/base/result.h"
#include "server/store/store.h"

namespace ecg::admin {

// storage: a folder of the file system that holds the store.
Result<v1::GetNetworkHealthResponse> network_health(const store::Store& store, const Clock& clock,
                                                    const std::filesystem::path& storage);

struct GatewayView {
  v1::GatewayStatus status;
  std::string reason_code;  // why it is not ONLINE: "no_heartbeat", "clock_offset", "backlog", "weak_line",
                            // "never_seen"
};
GatewayView gateway_view(const store::GatewayRecord& gateway, Timestamp now);

// State and reason of a site from its gateways: the worst that is not retired. A site without any is
// UNSPECIFIED, "never_seen".
v1::SiteStatus site_status(const store::SiteRecord& site, const std::vector<GatewayView>& gateways);

// Smaller is worse; for the order of sites.
int severity(v1::GatewayState state);

// Smallest value that at least the given fraction of values does not exceed (nearest rank). Empty for no
// values.
std::optional<double> percentile(std::vector<double> values, double fraction);

v1::Turnaround turnaround(domain::Priority priority, const std::vector<store::TurnaroundSample>& samples);

// Studies whose first signature came at or after since and later than the hard deadline of their class.
std::uint32_t breaches(const std::vector<store::TurnaroundSample>& samples, Timestamp since);

// Midnight of this machine's time zone before or at now.
Timestamp start_of_day(Timestamp now);

}  // namespace ecg::admin
