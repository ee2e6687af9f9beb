#include "server/delivery/clinic_acts.h"

#include "tests/unit/server/delivery/center_for_tests.h"

namespace ecg::delivery {
namespace {

using domain::CriticalState;

const SiteId kHere("baishi"), kElsewhere("lishui");

class ClinicActsTest : public CenterFixture {
 protected:
  v1::ReportOpened opened(const std::string& person = "护士小李", int version = 1) {
    v1::ReportOpened message;
    message.set_study_id("s1");
    message.set_version(static_cast<std::uint32_t>(version));
    message.set_person(person);
    message.mutable_at()->set_seconds(to_micros(clock_.now()) / 1'000'000);
    return message;
  }
  v1::CriticalAcknowledged acknowledged(const std::string& action = "ambulance") {
    v1::CriticalAcknowledged message;
    message.set_study_id("s1");
    message.set_person("护士小李");
    message.set_read_back("室颤");
    message.set_action(action);
    return message;
  }
  Result<void> open_report(const SiteId& site, const v1::ReportOpened& message) {
    return try_write([&](store::Transaction& t) { return report_opened(t, site, message, clock_.now()); });
  }
  Result<void> acknowledge(const SiteId& site, const v1::CriticalAcknowledged& message) {
    return try_write(
        [&](store::Transaction& t) { return critical_acknowledged(t, site, message, clock_.now()); });
  }
};

TEST_F(ClinicActsTest, OpeningTheReportAcknowledgesItAndClosesTheStudy) {
  sign();
  ASSERT_TRUE(open_report(kHere, opened()).ok());
  EXPECT_EQ(report().delivery.state, domain::DeliveryState::kAcknowledged);
  EXPECT_EQ(report().opened_by, "护士小李");
  EXPECT_EQ(study().study.state, domain::StudyState::kClosed);
  const auto first = report().delivery;
  clock_.advance(std::chrono::minutes{1});
  ASSERT_TRUE(open_report(kHere, opened("另一人")).ok());
  EXPECT_EQ(report().delivery, first);
  EXPECT_EQ(report().opened_by, "护士小李");
}

TEST_F(ClinicActsTest, AnotherSiteOrNobodyCannotOpenAReport) {
  sign();
  EXPECT_EQ(open_report(kElsewhere, opened()).error().code, ErrorCode::kWrongSite);
  EXPECT_EQ(open_report(kHere, opened("")).error().code, ErrorCode::kInvalidField);
  EXPECT_EQ(open_report(kHere, opened("x", 7)).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(report().delivery.state, domain::DeliveryState::kPending);
}

TEST_F(ClinicActsTest, AClinicsClockInTheFutureCountsAsNow) {
  sign();
  auto message = opened();
  message.mutable_at()->set_seconds(message.at().seconds() + 3600);
  ASSERT_TRUE(open_report(kHere, message).ok());
  EXPECT_EQ(report().delivery.acknowledged_at, clock_.now());
}

TEST_F(ClinicActsTest, AConfirmedCriticalResultIsClosedByItsCompleteRecord) {
  put_critical(CriticalState::kConfirmed, true);
  ASSERT_TRUE(acknowledge(kHere, acknowledged()).ok());
  EXPECT_EQ(critical().result.state, CriticalState::kClosed);
  EXPECT_EQ(critical().acknowledged_by, "护士小李");
  EXPECT_EQ(critical().read_back, "室颤");
  EXPECT_EQ(critical().action, "ambulance");
  EXPECT_FALSE(study().study.open_critical.has_value());
  EXPECT_TRUE(acknowledge(kHere, acknowledged()).ok());
}

TEST_F(ClinicActsTest, WhoWasSignedInWhenItWasAcknowledgedStandsInTheAuditChain) {
  put_critical(CriticalState::kConfirmed, true);
  auto message = acknowledged();
  message.set_operator_id("op1");
  message.set_operator_name("李护士");
  ASSERT_TRUE(acknowledge(kHere, message).ok());
  ASSERT_TRUE(acknowledge(kHere, message).ok());
  std::vector<store::AuditRecord> records;
  ASSERT_TRUE(store_
                  ->read([&](const store::Snapshot& snapshot) -> Result<void> {
                    ECG_ASSIGN(records, snapshot.audit_after(0, 10));
                    return {};
                  })
                  .ok());
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].actor, "op1");
  EXPECT_EQ(records[0].detail, "李护士");
  EXPECT_EQ(records[0].study, StudyId("s1"));
}

TEST_F(ClinicActsTest, WithoutAnActionItStaysOpen) {
  put_critical(CriticalState::kNotified, true);
  ASSERT_TRUE(acknowledge(kHere, acknowledged("")).ok());
  EXPECT_EQ(critical().result.state, CriticalState::kAcknowledged);
  EXPECT_TRUE(study().study.open_critical.has_value());
  ASSERT_TRUE(acknowledge(kHere, acknowledged("transfer")).ok());
  EXPECT_EQ(critical().result.state, CriticalState::kClosed);
}

TEST_F(ClinicActsTest, AnUnconfirmedSuspicionStaysOpenForItsReader) {
  put_critical(CriticalState::kNotified, false);
  ASSERT_TRUE(acknowledge(kHere, acknowledged()).ok());
  EXPECT_EQ(critical().result.state, CriticalState::kHandled);
  EXPECT_TRUE(study().study.open_critical.has_value());
}

TEST_F(ClinicActsTest, AcknowledgingNeedsAPersonAReadBackAndTheRightSite) {
  put_critical(CriticalState::kNotified, true);
  auto nobody = acknowledged();
  nobody.clear_person();
  EXPECT_EQ(acknowledge(kHere, nobody).error().code, ErrorCode::kInvalidField);
  auto silent = acknowledged();
  silent.clear_read_back();
  EXPECT_EQ(acknowledge(kHere, silent).error().code, ErrorCode::kInvalidField);
  EXPECT_EQ(acknowledge(kElsewhere, acknowledged()).error().code, ErrorCode::kWrongSite);
  EXPECT_EQ(critical().result.state, CriticalState::kNotified);
}

TEST_F(ClinicActsTest, AClosedCriticalResultLetsAnAcknowledgedStudyClose) {
  put_critical(CriticalState::kNotified, true);
  write([&](store::Transaction& t) -> Result<void> {
    ECG_ASSIGN(auto record, t.find_study(StudyId("s1")));
    record->study.state = domain::StudyState::kFinal;
    record->study.lease.reset();
    record->study.report_version = 1;
    record->study.acknowledged = true;
    return t.put_study(*record);
  });
  ASSERT_TRUE(acknowledge(kHere, acknowledged()).ok());
  EXPECT_EQ(study().study.state, domain::StudyState::kClosed);
}

}  // namespace
}  // namespace ecg::delivery
