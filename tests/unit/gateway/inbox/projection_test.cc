#include "gateway/inbox/projection.h"

#include <gtest/gtest.h>

namespace ecg::inbox {
namespace {

const Timestamp kNow = parse_iso8601("2026-11-21T10:00:00Z").value();

spool::StudyRow sent_study() {
  spool::StudyRow row;
  row.registration.set_study_id("s");
  row.phase = spool::Phase::kSent;
  spool::RecordingRow recording;
  recording.sampling_hz = 500;
  recording.frames = recording.wanted_frames = 5000;
  recording.begun_at = kNow;
  recording.closed_at = kNow;
  row.recording = recording;
  return row;
}

// Steps whose evidence is there, as a string of their numbers.
std::string true_steps(const spool::StudyRow& row) {
  std::string steps;
  const auto study = to_clinic_study(row);
  EXPECT_EQ(study.ladder_size(), 5);
  for (const auto& evidence : study.ladder()) {
    if (evidence.has_at()) steps += std::to_string(static_cast<int>(evidence.step()));
  }
  return steps;
}

TEST(Ladder, EachStepIsTrueOnlyOnItsOwnEvidence) {
  spool::StudyRow row = sent_study();
  row.recording->closed_at.reset();
  EXPECT_EQ(true_steps(row), "");
  row.recording->closed_at = kNow;
  EXPECT_EQ(true_steps(row), "1");
  row.recording->durable_frames = 2500;
  row.recording->first_acknowledged_at = kNow;
  EXPECT_EQ(true_steps(row), "12");
  EXPECT_DOUBLE_EQ(to_clinic_study(row).uploaded_fraction(), 0.5);
  EXPECT_EQ(to_clinic_study(row).state(), ecg::v1::STUDY_STATE_UPLOADING);
  row.recording->durable_frames = 5000;  // all acknowledged, and still no receipt
  EXPECT_EQ(true_steps(row), "12");
  row.progress.emplace();
  row.progress->set_state(ecg::v1::STUDY_STATE_QUEUED);
  EXPECT_EQ(true_steps(row), "12");
  row.recording->receipt.emplace();
  row.recording->confirmed_at = kNow;
  row.phase = spool::Phase::kConfirmed;
  EXPECT_EQ(true_steps(row), "123");
  EXPECT_EQ(to_clinic_study(row).state(), ecg::v1::STUDY_STATE_QUEUED);
  row.progress->mutable_opened_at()->set_seconds(5);
  row.progress->set_reader_name("李华");
  EXPECT_EQ(true_steps(row), "1234");
  EXPECT_EQ(to_clinic_study(row).ladder(3).source(), "李华");
  row.reports.push_back({});
  EXPECT_EQ(true_steps(row), "12345");
}

TEST(Ladder, FailedTryIsShownAsWaitingWithItsError) {
  spool::StudyRow row = sent_study();
  row.recording->durable_frames = 10;
  row.recording->error_code = 6001;
  row.recording->next_try_at = kNow;
  const auto study = to_clinic_study(row);
  EXPECT_EQ(study.state(), ecg::v1::STUDY_STATE_BUFFERED);
  EXPECT_EQ(study.error_code(), 6001u);
  EXPECT_TRUE(study.has_next_try_at());
}

TEST(Retake, ReasonShowsUntilTheNextRecordingBegins) {
  spool::StudyRow row = sent_study();
  row.registration.set_attempt(1);
  row.phase = spool::Phase::kConfirmed;
  row.progress.emplace();
  row.progress->set_state(ecg::v1::STUDY_STATE_RETAKE);
  row.progress->set_return_reason("noise");
  EXPECT_EQ(to_clinic_study(row).state(), ecg::v1::STUDY_STATE_RETAKE);
  EXPECT_EQ(to_clinic_study(row).returned_reason(), "noise");
  row.phase = spool::Phase::kRegistered;
  row.registration.set_attempt(2);
  row.recording.reset();
  EXPECT_EQ(to_clinic_study(row).state(), ecg::v1::STUDY_STATE_RETAKE);
  EXPECT_EQ(to_clinic_study(row).returned_reason(), "noise");
  row.phase = spool::Phase::kAcquiring;
  EXPECT_EQ(to_clinic_study(row).returned_reason(), "");
  row.phase = spool::Phase::kRegistered;
  row.progress->set_state(ecg::v1::STUDY_STATE_QUEUED);  // nobody came: read as it is
  EXPECT_EQ(to_clinic_study(row).state(), ecg::v1::STUDY_STATE_QUEUED);
  EXPECT_EQ(to_clinic_study(row).returned_reason(), "");
}

TEST(Critical, AcknowledgementHereShowsBeforeTheCenterHasHeardIt) {
  spool::StudyRow row = sent_study();
  row.critical.emplace();
  row.critical->set_state(ecg::v1::CRITICAL_STATE_NOTIFIED);
  EXPECT_EQ(to_clinic_study(row).critical_state(), ecg::v1::CRITICAL_STATE_NOTIFIED);
  row.critical_acknowledged_at = kNow;
  EXPECT_EQ(to_clinic_study(row).critical_state(), ecg::v1::CRITICAL_STATE_ACKNOWLEDGED);
}

}  // namespace
}  // namespace ecg::inbox
