#include "server/admin/network_health.h"

#include <gtest/gtest.h>

#include "ecg/v1/exchange.pb.h"

namespace ecg::admin {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const Timestamp kNow = from_micros(1'790'000'000'000'000);

store::GatewayRecord heard(Duration ago, const v1::Heartbeat& heartbeat = {}) {
  store::GatewayRecord gateway;
  gateway.id = GatewayId{"g"};
  gateway.last_heartbeat_at = kNow - ago;
  gateway.heartbeat = heartbeat.SerializeAsString();
  return gateway;
}

void expect_state(const store::GatewayRecord& gateway, v1::GatewayState state, const std::string& reason) {
  const auto view = gateway_view(gateway, kNow);
  EXPECT_EQ(view.status.state(), state);
  EXPECT_EQ(view.reason_code, reason);
}

TEST(GatewayView, StateFollowsTheAgeOfTheHeartbeat) {
  expect_state(heard(seconds{10}), v1::GATEWAY_STATE_ONLINE, "");
  expect_state(heard(seconds{60}), v1::GATEWAY_STATE_LATE, "no_heartbeat");
  expect_state(heard(seconds{121}), v1::GATEWAY_STATE_OFFLINE, "no_heartbeat");
}

TEST(GatewayView, NeverHeardOfIsNotHealthy) {
  expect_state(store::GatewayRecord{}, v1::GATEWAY_STATE_ENROLLED, "never_seen");
}

TEST(GatewayView, AWrongClockIsNamed) {
  v1::Heartbeat heartbeat;
  heartbeat.set_clock_offset_ms(-2500);
  heartbeat.set_clock_uncertainty_ms(20);
  expect_state(heard(seconds{1}, heartbeat), v1::GATEWAY_STATE_DEGRADED, "clock_offset");
}

TEST(GatewayView, AClockNeverMeasuredIsNotBlamed) {
  v1::Heartbeat heartbeat;
  heartbeat.set_clock_offset_ms(-2500);
  const auto view = gateway_view(heard(seconds{1}, heartbeat), kNow);
  EXPECT_EQ(view.status.state(), v1::GATEWAY_STATE_ONLINE);
  EXPECT_FALSE(view.status.has_clock_offset_ms());
}

TEST(GatewayView, ABacklogIsNamed) {
  v1::Heartbeat heartbeat;
  heartbeat.set_unsent_studies(11);
  expect_state(heard(seconds{1}, heartbeat), v1::GATEWAY_STATE_DEGRADED, "backlog");
}

TEST(GatewayView, ARevokedGatewayIsRetiredHoweverAliveItIs) {
  auto gateway = heard(seconds{1});
  gateway.revoked_at = kNow;
  expect_state(gateway, v1::GATEWAY_STATE_RETIRED, "");
}

TEST(SiteStatus, TakesTheWorstGatewayThatIsNotRetired) {
  auto retired = heard(minutes{60});
  retired.revoked_at = kNow;
  const auto status = site_status({}, {gateway_view(heard(seconds{1}), kNow),
                                       gateway_view(heard(seconds{60}), kNow), gateway_view(retired, kNow)});
  EXPECT_EQ(status.state(), v1::GATEWAY_STATE_LATE);
  EXPECT_EQ(status.gateways_size(), 3);
}

TEST(SiteStatus, ASiteWithoutGatewayWasNeverSeen) {
  EXPECT_EQ(site_status({}, {}).reason_code(), "never_seen");
}

TEST(Percentile, IsAValueOfTheSample) {
  EXPECT_EQ(percentile({5, 1, 4, 2, 3}, 0.5), 3);
  EXPECT_EQ(percentile({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.9), 9);
  EXPECT_EQ(percentile({7}, 0.9), 7);
  EXPECT_EQ(percentile({}, 0.5), std::nullopt);
}

store::TurnaroundSample sample(domain::Priority priority, Duration to_open, Duration to_sign) {
  store::TurnaroundSample s;
  s.priority = priority;
  s.received_at = kNow - minutes{60};
  s.opened_at = s.received_at + to_open;
  s.first_signed_at = s.received_at + to_sign;
  return s;
}

TEST(Turnaround, CountsOnlyItsClassAndStagesThatHappened) {
  const auto t =
      turnaround(domain::Priority::kStat, {sample(domain::Priority::kStat, seconds{20}, seconds{60}),
                                           sample(domain::Priority::kRoutine, seconds{1}, seconds{1})});
  EXPECT_EQ(t.studies(), 1U);
  EXPECT_DOUBLE_EQ(t.received_to_opened_p50_s(), 20);
  EXPECT_DOUBLE_EQ(t.received_to_signed_p90_s(), 60);
  EXPECT_FALSE(t.has_signed_to_delivered_p50_s());
}

TEST(Breaches, AreFirstSignaturesAfterTheHardDeadlineOfTheirClass) {
  const std::vector<store::TurnaroundSample> samples = {
      sample(domain::Priority::kStat, seconds{1}, minutes{10}),
      sample(domain::Priority::kStat, seconds{1}, minutes{11}),
      sample(domain::Priority::kRoutine, seconds{1}, minutes{11}),
  };
  EXPECT_EQ(breaches(samples, kNow - minutes{60}), 1U);
  EXPECT_EQ(breaches(samples, kNow), 0U);
}

TEST(StartOfDay, IsNotAfterNowAndLessThanADayBefore) {
  const Timestamp start = start_of_day(kNow);
  EXPECT_LE(start, kNow);
  EXPECT_LT(kNow - start, std::chrono::hours{25});
}

}  // namespace
}  // namespace ecg::admin
