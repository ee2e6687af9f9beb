#include "server/reporting/report_stage.h"

#include <thread>

#include <gtest/gtest.h>

#include "tests/support/center/center_store.h"

namespace ecg::reporting {
namespace {

class SignedReports : public testing::Test {
 protected:
  void start() {
    auto stage = ReportStage::start(center_.store(), center_.clock(), metrics_, {"中心", Language::kChinese});
    ASSERT_TRUE(stage.ok());
    stage_ = std::move(stage).value();
  }
  // A final report as the desk leaves it.
  StudyId signed_study() {
    const StudyId id = center_.queue(domain::Priority::kRoutine);
    domain::Event event;
    event.actor = PersonId{"li"};
    event.kind = domain::StudyEvent::kClaimed;
    center_.happen(id, event);
    event.token = center_.study(id).study.lease->token;
    event.kind = domain::StudyEvent::kOpened;
    center_.happen(id, event);
    event.kind = domain::StudyEvent::kSigned;
    v1::Report report;
    report.set_study_id(id.value);
    report.set_version(1);
    report.set_status(v1::REPORT_STATUS_FINAL);
    report.add_findings()->set_code("SR");
    report.set_signer_name("李华");
    store::ReportRecord record;
    record.study = id;
    record.site = SiteId{"baishi"};
    record.report = report.SerializeAsString();
    center_.write([&](store::Transaction& transaction) -> Result<void> {
      ECG_ASSIGN(const auto change, store::change_study(transaction, id, event, center_.clock().now()));
      return transaction.add_report(record);
    });
    return id;
  }
  std::string pdf_of(const StudyId& id) {
    std::string pdf;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (pdf.empty() && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds{5});
      center_.read([&](const store::Snapshot& snapshot) -> Result<void> {
        ECG_ASSIGN(const auto report, snapshot.find_report(id, 1, store::PdfChoice::kWith));
        if (report) pdf = report->pdf;
        return {};
      });
    }
    return pdf;
  }
  int rendered_events() {
    int count = 0;
    center_.read([&](const store::Snapshot& snapshot) -> Result<void> {
      ECG_ASSIGN(const auto events, snapshot.events_after(0, 10'000));
      for (const auto& event : events) count += event.kind == store::EventKind::kReportRendered ? 1 : 0;
      return {};
    });
    return count;
  }

  tests::CenterStore center_;
  Metrics metrics_;
  std::unique_ptr<ReportStage> stage_;
};

TEST_F(SignedReports, ASignedReportGetsItsPdfAndTheNextStageIsTold) {
  start();
  const StudyId study = signed_study();
  EXPECT_EQ(pdf_of(study).substr(0, 5), "%PDF-");
  EXPECT_EQ(rendered_events(), 1);
}

TEST_F(SignedReports, WhatAnEarlierProcessLeftUnrenderedIsFoundAtTheStart) {
  const StudyId study = signed_study();
  start();
  EXPECT_EQ(pdf_of(study).substr(0, 5), "%PDF-");
}

TEST(DocumentOf, SaysWhatWasSignedAndWhereItCameFrom) {
  ReportSource source;
  source.study.study.id = StudyId{"s1"};
  source.study.study.identity = domain::IdentityState::kUnidentified;
  source.study.study.acquired_at = parse_iso8601("2026-11-21T06:02:31Z");
  source.registration.mutable_patient()->set_id("T-7");
  source.registration.mutable_patient()->set_birth_date("1959-11-22");
  source.registration.mutable_context()->add_symptoms(v1::SYMPTOM_CHEST_PAIN);
  source.report.set_version(2);
  source.report.set_status(v1::REPORT_STATUS_CORRECTED);
  source.report.set_text("正文");
  source.report.set_advice("门诊随访");
  source.report.set_reason("导联接反");
  source.report.add_findings()->set_code("SR");
  source.report.mutable_findings(0)->set_qualifier("V1");
  auto& rate = *source.report.add_measurements();
  rate.set_kind(v1::MEASUREMENT_KIND_VENTRICULAR_RATE);
  rate.set_value(72);
  const ReportDocument document = document_of(source, {"中心", Language::kChinese});
  EXPECT_EQ(document.status, domain::ReportStatus::kCorrected);
  EXPECT_EQ(document.version, 2);
  EXPECT_EQ(document.temporary_id, "T-7");
  EXPECT_EQ(document.age, "66 岁");
  EXPECT_EQ(document.symptoms, "胸痛");
  EXPECT_EQ(document.text, "正文\n建议：门诊随访\n更改原因：导联接反");
  ASSERT_EQ(document.findings.size(), 1U);
  EXPECT_NE(document.findings[0].find("(V1)"), std::string::npos);
  EXPECT_EQ(measurements_of(source.report).ventricular_rate_bpm.value, 72);
}

TEST(DocumentOf, KeepsTheReadersDoubtAndNeverPrintsAnAutomaticNormal) {
  ReportSource source;
  auto& finding = *source.report.add_findings();
  finding.set_code("STEMI_INF");
  finding.set_certainty(v1::CERTAINTY_POSSIBLE);
  source.analysis.set_urgency(v1::URGENCY_NOTHING_CRITICAL_FOUND);
  source.analysis.add_findings()->set_code("SR");
  source.analysis.add_findings()->set_code("NORMAL");
  const ReportDocument document = document_of(source, {"中心", Language::kChinese});
  ASSERT_EQ(document.findings.size(), 1U);
  EXPECT_TRUE(document.findings[0].ends_with("（可能）"));
  ASSERT_EQ(document.automatic_findings.size(), 2U);
  EXPECT_NE(document.automatic_findings[0].find("不能排除疾病"), std::string::npos);
  EXPECT_NE(document.automatic_findings[1].find("窦性心律"), std::string::npos);
}

}  // namespace
}  // namespace ecg::reporting
