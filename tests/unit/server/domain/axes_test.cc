// The axes beside the study state: report versions, delivery, gateway health, the receipt ladder.
#include <gtest/gtest.h>

#include "server/domain/delivery_state.h"
#include "server/domain/gateway_health.h"
#include "server/domain/receipt_ladder.h"
#include "server/domain/report_status.h"
#include "tests/unit/server/domain/fixture.h"

namespace ecg::domain::test {
namespace {

TEST(ReportStatus, EveryPairIsAllowedOrRefused) {
  using R = ReportStatus;
  // Rows: from PRELIMINARY, FINAL, AMENDED, CORRECTED, ENTERED_IN_ERROR; columns: to, in the same order.
  constexpr std::string_view expected[] = {"yy..y", "..yyy", "..yyy", "..yyy", "....."};
  for (const R from : kReportStatuses) {
    for (const R to : kReportStatuses) {
      const auto result = next_status(from, to);
      const bool allowed = expected[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)] == 'y';
      EXPECT_EQ(result.ok(), allowed) << name(from) << " to " << name(to);
      if (!result.ok()) {
        EXPECT_EQ(result.error().code, ErrorCode::kEventRefused);
      }
    }
    EXPECT_EQ(parse_report_status(name(from)), from);
  }
  EXPECT_FALSE(is_confirmed(R::kPreliminary));
  EXPECT_FALSE(is_confirmed(R::kEnteredInError));
  EXPECT_TRUE(is_confirmed(R::kCorrected));
}

TEST(Delivery, OnlyGoesForwardAndKeepsItsFirstEvidence) {
  Delivery delivery;
  delivery.pending_since = kStart;
  EXPECT_FALSE(delivery_is_late(delivery, kStart + 5min - 1us));
  EXPECT_TRUE(delivery_is_late(delivery, kStart + 5min));
  const auto stored = apply(delivery, DeliveryEvent::kStored, {}, kStart + 1s);
  EXPECT_EQ(stored->state, DeliveryState::kDelivered);
  EXPECT_FALSE(delivery_is_late(*stored, kStart + 1h));
  EXPECT_EQ(*apply(*stored, DeliveryEvent::kStored, {}, kStart + 9s), *stored);
  EXPECT_EQ(apply(*stored, DeliveryEvent::kOpenedByPerson, {}, kStart).error().code,
            ErrorCode::kInvalidField);
  const auto seen = apply(*stored, DeliveryEvent::kOpenedByPerson, kAnna, kStart + 2s);
  EXPECT_EQ(seen->state, DeliveryState::kAcknowledged);
  EXPECT_EQ(seen->delivered_at, kStart + 1s);
  EXPECT_EQ(*apply(*seen, DeliveryEvent::kOpenedByPerson, kBo, kStart + 3s), *seen)
      << "the first person stays";
  EXPECT_EQ(*apply(*seen, DeliveryEvent::kStored, {}, kStart + 3s), *seen);
  EXPECT_EQ(apply(delivery, DeliveryEvent::kOpenedByPerson, kAnna, kStart)->delivered_at, kStart);
}

TEST(GatewayHealth, FollowsTheAgeOfTheHeartbeat) {
  GatewayReport report;
  EXPECT_EQ(gateway_health(report, kStart), GatewayHealth::kUnknown);
  report.last_heartbeat = kStart;
  EXPECT_EQ(gateway_health(report, kStart + 45s - 1us), GatewayHealth::kOnline);
  EXPECT_EQ(gateway_health(report, kStart + 45s), GatewayHealth::kLate);
  EXPECT_EQ(gateway_health(report, kStart + 120s - 1us), GatewayHealth::kLate);
  EXPECT_EQ(gateway_health(report, kStart + 120s), GatewayHealth::kOffline);
}

TEST(GatewayHealth, BacklogWrongClockOrWeakLineDegradeIt) {
  GatewayReport report;
  report.last_heartbeat = kStart;
  report.clock_offset = 2s;
  EXPECT_EQ(gateway_health(report, kStart), GatewayHealth::kOnline);
  report.clock_offset = -2s - 1us;
  EXPECT_EQ(gateway_health(report, kStart), GatewayHealth::kDegraded);
  report.clock_offset = 0s;
  report.unsent_studies = kBacklogStudies - 1;
  EXPECT_EQ(gateway_health(report, kStart), GatewayHealth::kOnline);
  report.oldest_unsent = kBacklogAge;
  EXPECT_EQ(gateway_health(report, kStart), GatewayHealth::kDegraded);
  report.oldest_unsent = 0s;
  report.unsent_studies = kBacklogStudies;
  EXPECT_EQ(gateway_health(report, kStart), GatewayHealth::kDegraded);
  report.unsent_studies = 0;
  report.weak_line = true;
  EXPECT_EQ(gateway_health(report, kStart), GatewayHealth::kDegraded);
  EXPECT_EQ(gateway_health(report, kStart + 45s), GatewayHealth::kLate) << "silence outweighs what was said";
}

TEST(ReceiptLadder, EachRungStandsOnItsOwnEvidence) {
  LadderEvidence evidence;
  EXPECT_EQ(reached(receipt_ladder(evidence)), std::nullopt);
  evidence.closed_at = kStart;
  evidence.received_at = kStart + 2s;
  const ReceiptLadder ladder = receipt_ladder(evidence);
  EXPECT_EQ(ladder[0].at, kStart);
  EXPECT_EQ(ladder[1].at, std::nullopt);
  EXPECT_EQ(ladder[2].at, kStart + 2s);
  EXPECT_EQ(reached(ladder), LadderStep::kCenterHasIt);
  for (const LadderStep step : kLadderSteps) EXPECT_FALSE(text(step, Language::kChinese).empty());
}

}  // namespace
}  // namespace ecg::domain::test
