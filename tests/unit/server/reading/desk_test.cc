#include "server/reading/desk.h"

#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "ecg/v1/measurement.pb.h"

#include "server/domain/policy.h"
#include "tests/support/center/center_store.h"

namespace ecg::reading {
namespace {

using domain::Priority;
using domain::StudyState;
using std::chrono::minutes;
using std::chrono::seconds;

class AtTheDesk : public testing::Test {
 protected:
  static Content finding(const std::string& code) {
    Content content;
    content.findings.emplace_back().set_code(code);
    return content;
  }
  Claimed claimed(const Reader& reader, const StudyId& study) {
    auto claimed = desk_.claim(reader, study, false);
    EXPECT_TRUE(claimed.ok()) << (claimed.ok() ? "" : printable(claimed.error(), Language::kEnglish));
    return std::move(claimed).value();
  }
  template <class T>
  static void expect_refused(const Result<T>& outcome, ErrorCode code) {
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(facts(outcome.error().code).name, facts(code).name);
  }

  tests::CenterStore center_;
  Desk desk_{center_.store(), center_.clock()};
  const Reader li_{PersonId{"li"}, "李华", {}};
  const Reader wang_{PersonId{"wang"}, "王敏", {}};
};

TEST_F(AtTheDesk, AClaimOpensTheStudyAndNamesTheReader) {
  const StudyId study = center_.queue(Priority::kUrgent);
  const Claimed claim = claimed(li_, study);
  EXPECT_EQ(center_.state(study), StudyState::kReading);
  EXPECT_EQ(center_.study(study).reader_name, "李华");
  EXPECT_EQ(claim.lease.expires_at,
            center_.clock().now() + domain::default_policy().lease_length(Priority::kUrgent));
}

TEST_F(AtTheDesk, AStudyThatAnotherReaderHasIsRefused) {
  const StudyId study = center_.queue(Priority::kUrgent);
  claimed(li_, study);
  expect_refused(desk_.claim(wang_, study, false), ErrorCode::kClaimedByOther);
}

TEST_F(AtTheDesk, ClaimingOnesOwnStudyRenewsTheSameLease) {
  const StudyId study = center_.queue(Priority::kUrgent);
  const Claimed first = claimed(li_, study);
  center_.clock().advance(minutes{1});
  const Claimed again = claimed(li_, study);
  EXPECT_EQ(again.lease.token, first.lease.token);
  EXPECT_EQ(again.lease.expires_at, first.lease.expires_at + minutes{1});
}

TEST_F(AtTheDesk, NextIsTheMostUrgentThenTheEarliestDue) {
  center_.queue(Priority::kRoutine);
  const StudyId early = center_.queue(Priority::kUrgent);
  center_.clock().advance(seconds{1});
  const StudyId late = center_.queue(Priority::kUrgent);
  const auto first = desk_.claim_next(li_, {});
  const auto second = desk_.claim_next(wang_, {});
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->study.study.id, early);
  EXPECT_EQ(second->study.study.id, late);
}

TEST_F(AtTheDesk, NextSkipsWhatTheReaderNames) {
  const StudyId urgent = center_.queue(Priority::kUrgent);
  const StudyId routine = center_.queue(Priority::kRoutine);
  const auto next = desk_.claim_next(li_, {urgent});
  ASSERT_TRUE(next.ok());
  EXPECT_EQ(next->study.study.id, routine);
}

TEST_F(AtTheDesk, AnEmptyQueueIsSaidByName) {
  expect_refused(desk_.claim_next(li_, {}), ErrorCode::kQueueEmpty);
}

TEST_F(AtTheDesk, TwoReadersAtOnceNeverGetTheSameStudy) {
  constexpr int kEach = 20;
  for (int i = 0; i < 2 * kEach; ++i) center_.queue(Priority::kRoutine);
  std::vector<StudyId> got[2];
  std::thread readers[2];
  for (int r = 0; r < 2; ++r) {
    readers[r] = std::thread([&, r] {
      for (int i = 0; i < kEach; ++i) {
        const auto next = desk_.claim_next(r == 0 ? li_ : wang_, {});
        if (next.ok()) got[r].push_back(next->study.study.id);
      }
    });
  }
  for (auto& reader : readers) reader.join();
  std::set<StudyId> all(got[0].begin(), got[0].end());
  all.insert(got[1].begin(), got[1].end());
  EXPECT_EQ(got[0].size() + got[1].size(), 2U * kEach);
  EXPECT_EQ(all.size(), 2U * kEach);
}

TEST_F(AtTheDesk, ANurseOfAnotherSiteIsRefused) {
  const StudyId study = center_.queue(Priority::kUrgent, "qingyun");
  const Reader scoped{PersonId{"x"}, "X", SiteId{"baishi"}};
  expect_refused(desk_.claim(scoped, study, false), ErrorCode::kWrongSite);
  expect_refused(desk_.claim_next(scoped, {}), ErrorCode::kQueueEmpty);
}

TEST_F(AtTheDesk, ALateStatStudyMayBeTakenOverAndTheFirstReaderCanNoLongerSign) {
  const StudyId study = center_.queue(Priority::kStat);
  center_.clock().advance(minutes{2});
  const Claimed first = claimed(li_, study);
  expect_refused(desk_.claim(wang_, study, true), ErrorCode::kClaimedByOther);
  center_.clock().advance(minutes{1});
  const auto second = desk_.claim(wang_, study, true);
  ASSERT_TRUE(second.ok());
  EXPECT_GT(second->lease.token, first.lease.token);
  expect_refused(desk_.sign(li_, study, first.lease.token, finding("SR")), ErrorCode::kLeaseLost);
  EXPECT_TRUE(desk_.sign(wang_, study, second->lease.token, finding("SR")).ok());
}

TEST_F(AtTheDesk, AReportCarriesNoMeasurementsOfAnEarlierRecording) {
  v1::Analysis analysis;
  analysis.add_measurements();
  for (const int attempt : {1, 2}) {
    const StudyId study = center_.queue(Priority::kUrgent);
    center_.write([&](store::Transaction& transaction) {
      return transaction.put_analysis({study, 1, analysis.SerializeAsString(), center_.clock().now()});
    });
    domain::Event newer;
    newer.kind = domain::StudyEvent::kAllChunksStored;
    newer.attempt = attempt;
    center_.happen(study, newer);
    const auto report = desk_.sign(li_, study, claimed(li_, study).lease.token, finding("SR"));
    ASSERT_TRUE(report.ok());
    EXPECT_EQ(report->measurements_size() > 0, attempt == 1);
  }
}

TEST_F(AtTheDesk, AReleasedStudyWaitsAgainAndKeepsItsDraft) {
  const StudyId study = center_.queue(Priority::kUrgent);
  const Claimed claim = claimed(li_, study);
  ASSERT_TRUE(desk_.save_draft(li_, study, claim.lease.token, finding("SR"), 0).ok());
  ASSERT_TRUE(desk_.release(li_, study, claim.lease.token).ok());
  EXPECT_EQ(center_.state(study), StudyState::kQueued);
  EXPECT_EQ(center_.study(study).reader_name, "");
  EXPECT_TRUE(desk_.release(li_, study, claim.lease.token).ok()) << "a repeat succeeds";
  center_.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(const auto draft, snapshot.find_draft(study));
    EXPECT_TRUE(draft.has_value());
    return {};
  });
}

TEST_F(AtTheDesk, ADraftMadeFromAnOlderRevisionIsRefused) {
  const StudyId study = center_.queue(Priority::kUrgent);
  const auto token = claimed(li_, study).lease.token;
  const auto first = desk_.save_draft(li_, study, token, finding("SR"), 0);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first->revision, 1U);
  expect_refused(desk_.save_draft(li_, study, token, finding("AFIB"), 0), ErrorCode::kStale);
}

TEST_F(AtTheDesk, AfterTheLeaseHasEndedNothingIsWritten) {
  const StudyId study = center_.queue(Priority::kUrgent);
  const auto token = claimed(li_, study).lease.token;
  center_.clock().advance(minutes{6});
  expect_refused(desk_.save_draft(li_, study, token, finding("SR"), 0), ErrorCode::kLeaseLost);
  expect_refused(desk_.sign(li_, study, token, finding("SR")), ErrorCode::kLeaseLost);
  expect_refused(desk_.renew(li_, study, token), ErrorCode::kLeaseLost);
}

TEST_F(AtTheDesk, AnEmptyReportCannotBeSigned) {
  const StudyId study = center_.queue(Priority::kUrgent);
  const auto token = claimed(li_, study).lease.token;
  Content blank;
  blank.text = " \n";
  expect_refused(desk_.sign(li_, study, token, blank), ErrorCode::kReportEmpty);
}

TEST_F(AtTheDesk, ASignatureMakesVersionOneFinalAndARepeatAnswersIt) {
  const StudyId study = center_.queue(Priority::kUrgent);
  const auto token = claimed(li_, study).lease.token;
  const auto report = desk_.sign(li_, study, token, finding("SR"));
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->version(), 1U);
  EXPECT_EQ(report->status(), v1::REPORT_STATUS_FINAL);
  EXPECT_EQ(report->signer_name(), "李华");
  EXPECT_EQ(report->recording_sha256().size(), 32U);
  EXPECT_EQ(center_.state(study), StudyState::kFinal);
  const auto again = desk_.sign(li_, study, token, finding("AFIB"));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->SerializeAsString(), report->SerializeAsString());
  expect_refused(desk_.sign(wang_, study, token, finding("AFIB")), ErrorCode::kLeaseLost);
}

TEST_F(AtTheDesk, AnAmendmentIsANewVersionWithAReason) {
  const StudyId study = center_.queue(Priority::kUrgent);
  ASSERT_TRUE(desk_.sign(li_, study, claimed(li_, study).lease.token, finding("SR")).ok());
  Desk::Amendment amendment{1, true, "导联接反", finding("AFIB")};
  const auto corrected = desk_.amend(wang_, study, amendment);
  ASSERT_TRUE(corrected.ok());
  EXPECT_EQ(corrected->version(), 2U);
  EXPECT_EQ(corrected->status(), v1::REPORT_STATUS_CORRECTED);
  EXPECT_EQ(corrected->reason(), "导联接反");
  center_.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(const auto reports, snapshot.reports(study));
    EXPECT_EQ(reports.size(), 2U);
    return {};
  });
  amendment.version = 0;
  expect_refused(desk_.amend(wang_, study, amendment), ErrorCode::kStale);
  amendment.version = 2;
  amendment.reason = "";
  expect_refused(desk_.amend(wang_, study, amendment), ErrorCode::kInvalidField);
}

TEST_F(AtTheDesk, AStudyGoesBackForARetakeWithItsReasonButNeverAStatOne) {
  const StudyId study = center_.queue(Priority::kRoutine);
  const auto token = claimed(li_, study).lease.token;
  expect_refused(desk_.send_back(li_, study, token, "ugly", ""), ErrorCode::kInvalidField);
  ASSERT_TRUE(desk_.send_back(li_, study, token, "lead_off", "V1").ok());
  EXPECT_EQ(center_.state(study), StudyState::kRetake);
  EXPECT_EQ(center_.study(study).return_reason, "lead_off");
  const StudyId stat = center_.queue(Priority::kStat);
  expect_refused(desk_.send_back(li_, stat, claimed(li_, stat).lease.token, "noise", ""),
                 ErrorCode::kEventRefused);
}

TEST_F(AtTheDesk, AReaderMayStateACriticalResultWhichMakesTheStudyStat) {
  const StudyId study = center_.queue(Priority::kRoutine);
  const auto token = claimed(li_, study).lease.token;
  expect_refused(desk_.decide_critical(li_, study, token, {false, {}, "no"}), ErrorCode::kEventRefused);
  const auto state = desk_.decide_critical(li_, study, token, {true, {"VF"}, "室颤"});
  ASSERT_TRUE(state.ok()) << printable(state.error(), Language::kEnglish);
  EXPECT_EQ(state.value(), domain::CriticalState::kConfirmed);
  EXPECT_EQ(center_.study(study).study.priority, Priority::kStat);
  expect_refused(desk_.decide_critical(wang_, study, token, {true, {"VF"}, ""}), ErrorCode::kLeaseLost);
}

TEST_F(AtTheDesk, ARefutedSuspicionDoesNotLowerTheClass) {
  const StudyId study = center_.queue(Priority::kRoutine);
  store::CriticalRecord suspected;
  suspected.study = study;
  suspected.site = SiteId{"baishi"};
  suspected.codes = {"VF"};
  suspected.result.detected_at = center_.clock().now();
  center_.write([&](store::Transaction& transaction) { return transaction.put_critical(suspected); });
  domain::Event found;
  found.kind = domain::StudyEvent::kCriticalFound;
  found.tier = domain::CriticalTier::kCritical;
  center_.happen(study, found);
  const auto token = claimed(li_, study).lease.token;
  const auto state = desk_.decide_critical(li_, study, token, {false, {}, "伪差"});
  ASSERT_TRUE(state.ok());
  EXPECT_EQ(state.value(), domain::CriticalState::kRefuted);
  EXPECT_EQ(center_.study(study).study.priority, Priority::kStat);
  EXPECT_FALSE(center_.study(study).study.open_critical.has_value());
}

TEST(AcceptContent, CodesOutsideTheDictionaryAreRefused) {
  google::protobuf::RepeatedPtrField<v1::Finding> findings;
  findings.Add()->set_code("NOT_A_CODE");
  EXPECT_FALSE(accept_content(findings, "", "", PersonId{"li"}).ok());
}

TEST(AcceptContent, TheAuthorIsWhoeverSignsWhateverTheMessageClaims) {
  google::protobuf::RepeatedPtrField<v1::Finding> findings;
  findings.Add()->set_code("SR");
  findings.Mutable(0)->set_author("somebody else");
  const auto content = accept_content(findings, "", "", PersonId{"li"});
  ASSERT_TRUE(content.ok());
  EXPECT_EQ(content->findings[0].author(), "li");
}

TEST(AcceptContent, TextMeetsItsLimitAndNotOneByteMore) {
  const google::protobuf::RepeatedPtrField<v1::Finding> none;
  EXPECT_TRUE(accept_content(none, std::string(limits::kReportTextBytesMax, 'x'), "", PersonId{"li"}).ok());
  EXPECT_FALSE(
      accept_content(none, std::string(limits::kReportTextBytesMax + 1, 'x'), "", PersonId{"li"}).ok());
}

TEST(AcceptContent, FindingsMeetTheirLimitAndNotOneMore) {
  google::protobuf::RepeatedPtrField<v1::Finding> findings;
  for (std::size_t i = 0; i < limits::kFindingsMax; ++i) findings.Add()->set_code("SR");
  EXPECT_TRUE(accept_content(findings, "", "", PersonId{"li"}).ok());
  findings.Add()->set_code("SR");
  EXPECT_FALSE(accept_content(findings, "", "", PersonId{"li"}).ok());
}

}  // namespace
}  // namespace ecg::reading
