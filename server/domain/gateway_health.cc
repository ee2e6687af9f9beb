#include "server/domain/gateway_health.h"

#include "server/domain/named.h"

namespace ecg::domain {
namespace {

constexpr Named<GatewayHealth> kTable[] = {
    {GatewayHealth::kUnknown, "UNKNOWN", "never seen", "从未连接"},
    {GatewayHealth::kOnline, "ONLINE", "online", "在线"},
    {GatewayHealth::kDegraded, "DEGRADED", "degraded", "异常"},
    {GatewayHealth::kLate, "LATE", "late", "延迟"},
    {GatewayHealth::kOffline, "OFFLINE", "offline", "离线"},
};
static_assert(in_order(kTable));

}  // namespace

GatewayHealth gateway_health(const GatewayReport& report, Timestamp now) {
  if (!report.last_heartbeat) return GatewayHealth::kUnknown;
  const Duration age = now - *report.last_heartbeat;
  if (age >= kOfflineAfter) return GatewayHealth::kOffline;
  if (age >= kLateAfter) return GatewayHealth::kLate;
  const bool backlog = report.unsent_studies >= kBacklogStudies ||
                       (report.unsent_studies > 0 && report.oldest_unsent >= kBacklogAge);
  const bool wrong_clock = report.clock_offset > kClockOffsetMax || report.clock_offset < -kClockOffsetMax;
  return backlog || wrong_clock || report.weak_line ? GatewayHealth::kDegraded : GatewayHealth::kOnline;
}

std::string_view name(GatewayHealth health) {
  return row(kTable, health).name;
}
std::string_view text(GatewayHealth health, Language language) {
  return words(kTable, health, language);
}

}  // namespace ecg::domain
