#include "gateway/spool/mail.h"

#include "gateway/spool/site.h"
#include "tests/unit/gateway/spool/fixture.h"

namespace ecg::spool {
namespace {

using testing::code_of;
using testing::SpoolTest;

ecg::v1::DeliveredReport report(const StudyId& study, std::uint32_t version) {
  ecg::v1::DeliveredReport out;
  out.mutable_report()->set_study_id(study.value);
  out.mutable_report()->set_version(version);
  out.set_pdf("%PDF " + std::to_string(version));
  return out;
}

TEST_F(SpoolTest, ReportsOfEveryVersionStayAndRepeatsChangeNothing) {
  const StudyId study = add_study();
  for (const std::uint32_t version : {1u, 2u, 1u})
    ASSERT_TRUE(store_report(*spool_, report(study, version)).ok());
  EXPECT_EQ(find_study(*spool_, study)->reports.size(), 2u);
  EXPECT_EQ(load_report(*spool_, study.value, 0)->pdf(), "%PDF 2");
  EXPECT_EQ(load_report(*spool_, study.value, 1)->pdf(), "%PDF 1");
  EXPECT_EQ(code_of(load_report(*spool_, study.value, 3)), ErrorCode::kNotFound);
}

TEST_F(SpoolTest, AReportThatCameWithoutItsPdfIsCompletedByIt) {
  const StudyId study = add_study();
  auto bare = report(study, 1);
  bare.clear_pdf();
  ASSERT_TRUE(store_report(*spool_, bare).ok());
  ASSERT_TRUE(store_report(*spool_, report(study, 1)).ok());
  EXPECT_EQ(load_report(*spool_, study.value, 1)->pdf(), "%PDF 1");
  ASSERT_TRUE(store_report(*spool_, bare).ok());
  EXPECT_EQ(load_report(*spool_, study.value, 1)->pdf(), "%PDF 1");
}

TEST_F(SpoolTest, OpeningAReportIsToldOnceAndKeptUntilHeard) {
  const StudyId study = add_study();
  ASSERT_TRUE(store_report(*spool_, report(study, 1)).ok());
  ecg::v1::ReportOpened opened;
  opened.set_study_id(study.value);
  opened.set_version(1);
  opened.set_person("nurse");
  opened.mutable_at()->set_seconds(5);
  ASSERT_TRUE(note_report_opened(*spool_, opened).ok());
  ASSERT_TRUE(note_report_opened(*spool_, opened).ok());
  reopen();
  const auto waiting = list_outgoing(*spool_, 0, 10);
  ASSERT_EQ(waiting->size(), 1u);
  EXPECT_EQ((*waiting)[0].message.report_opened().person(), "nurse");
  ASSERT_TRUE(outgoing_heard(*spool_, (*waiting)[0].id).ok());
  EXPECT_TRUE(list_outgoing(*spool_, 0, 10)->empty());
}

TEST_F(SpoolTest, SameCriticalNoticeKeepsItsAcknowledgementAndANewOneAsksAgain) {
  const StudyId study = add_study();
  ecg::v1::CriticalNotice notice;
  notice.set_study_id(study.value);
  notice.add_codes("VF");
  ecg::v1::CriticalAcknowledged acknowledged;
  acknowledged.set_study_id(study.value);
  acknowledged.mutable_at()->set_seconds(7);
  EXPECT_EQ(code_of(acknowledge_critical(*spool_, acknowledged)), ErrorCode::kNotFound);
  ASSERT_TRUE(store_critical(*spool_, notice).ok());
  ASSERT_TRUE(acknowledge_critical(*spool_, acknowledged).ok());
  ASSERT_TRUE(store_critical(*spool_, notice).ok());
  EXPECT_TRUE(find_study(*spool_, study)->critical_acknowledged_at.has_value());
  notice.add_codes("ASYS");
  ASSERT_TRUE(store_critical(*spool_, notice).ok());
  EXPECT_FALSE(find_study(*spool_, study)->critical_acknowledged_at.has_value());
}

TEST_F(SpoolTest, MailForAStudyOfAReplacedGatewayIsListed) {
  const StudyId reported("of-the-former-gateway"), critical("another-of-it");
  ASSERT_TRUE(store_report(*spool_, report(reported, 1)).ok());
  ecg::v1::CriticalNotice notice;
  notice.set_study_id(critical.value);
  notice.add_codes("VF");
  ASSERT_TRUE(store_critical(*spool_, notice).ok());
  EXPECT_EQ(list_studies(*spool_, clock_.now() + std::chrono::hours(24), 10)->size(), 2u);
  EXPECT_EQ(find_study(*spool_, reported)->reports.size(), 1u);
  EXPECT_EQ(find_study(*spool_, critical)->critical->codes(0), "VF");
}

TEST_F(SpoolTest, OlderSettingsNeverReplaceNewerOnes) {
  ecg::v1::SiteSettings settings;
  settings.set_revision(3);
  settings.set_site_name("new");
  ASSERT_TRUE(store_settings(*spool_, settings).ok());
  settings.set_revision(2);
  settings.set_site_name("old");
  ASSERT_TRUE(store_settings(*spool_, settings).ok());
  EXPECT_EQ(load_settings(*spool_)->site_name(), "new");
}

}  // namespace
}  // namespace ecg::spool
