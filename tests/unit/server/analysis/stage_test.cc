// Studies in a real store, with this very program as the worker (see worker_pool_test.cc for how it
// misbehaves).
#include "server/analysis/stage.h"

#include <cstdlib>
#include <thread>

#include <gtest/gtest.h>

#include "ecg/v1/measurement.pb.h"

#include "server/analysis/job.h"
#include "tests/support/center/center_store.h"

namespace ecg::analysis {
namespace {

using domain::Priority;
using domain::StudyState;
using std::chrono::milliseconds;

class AnalysisStage : public testing::Test {
 protected:
  void TearDown() override {
    stage_.reset();
    ::unsetenv("ECG_TEST_WORKER");
    ::unsetenv("ECG_TEST_WORKER_REAL");
  }
  void start_with_real_worker() {
    ::setenv("ECG_TEST_WORKER_REAL", "1", 1);
    start({{"/proc/self/exe"}, 0});
  }
  void start_with(const std::string& script) { start({{"/bin/sh", "-c", script}, 0}); }
  void start(WorkerCommand command) {
    auto stage = Stage::start(center_.store(), center_.clock(), metrics_,
                              {{std::move(command), 1, milliseconds{3000}}, 50});
    ASSERT_TRUE(stage.ok());
    stage_ = std::move(stage).value();
  }
  // The state a study comes to rest in.
  StudyState settled(const StudyId& study) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (std::chrono::steady_clock::now() < end) {
      const StudyState state = center_.state(study);
      if (state != StudyState::kReceived && state != StudyState::kQc) return state;
      std::this_thread::sleep_for(milliseconds{5});
    }
    return center_.state(study);
  }

  store::AnalysisState judged(const StudyId& study) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (center_.study(study).analysis == store::AnalysisState::kPending &&
           std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(milliseconds{5});
    }
    return center_.study(study).analysis;
  }

  tests::CenterStore center_;
  Metrics metrics_;
  std::unique_ptr<Stage> stage_;
};

TEST_F(AnalysisStage, AReceivedStudyIsAnalysedAndItsResultStored) {
  start_with_real_worker();
  const StudyId study = center_.receive(Priority::kStat);  // STAT is queued whatever its quality
  EXPECT_EQ(settled(study), StudyState::kQueued);
  center_.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(const auto record, snapshot.find_analysis(study));
    v1::Analysis analysis;
    EXPECT_TRUE(record && analysis.ParseFromString(record->analysis));
    EXPECT_FALSE(analysis.algorithm_version().empty());
    return {};
  });
}

TEST_F(AnalysisStage, WhatAnEarlierProcessLeftIsTakenUpAtTheStart) {
  const StudyId study = center_.receive(Priority::kStat);
  start_with_real_worker();
  EXPECT_EQ(settled(study), StudyState::kQueued);
}

TEST_F(AnalysisStage, AStudyWhoseWorkerDiesIsQueuedOneClassHigherAsNotAnalysed) {
  start_with("exit 1");
  const StudyId study = center_.receive(Priority::kRoutine);
  EXPECT_EQ(settled(study), StudyState::kQueued);
  const auto record = center_.study(study);
  EXPECT_EQ(record.study.priority, Priority::kUrgent);
  EXPECT_TRUE(record.study.not_analysed);
  EXPECT_EQ(record.analysis, store::AnalysisState::kFailed);
}

TEST_F(AnalysisStage, AStudyWhoseWorkerBabblesIsQueuedAsNotAnalysed) {
  start_with("while :; do echo garbage garbage; done");
  const StudyId study = center_.receive(Priority::kRoutine);
  EXPECT_EQ(settled(study), StudyState::kQueued);
  EXPECT_EQ(center_.study(study).analysis, store::AnalysisState::kFailed);
}

TEST_F(AnalysisStage, AStudyWhoseWorkerHangsIsQueuedWithinTheJobsTime) {
  start_with("exec sleep 60");
  const StudyId study = center_.receive(Priority::kScreening);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(settled(study), StudyState::kQueued);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds{5000});
  EXPECT_EQ(center_.study(study).study.priority, Priority::kRoutine);
}

// A newer recording of a study that waits to be read.
domain::Event newer_stored(int attempt) {
  domain::Event stored;
  stored.kind = domain::StudyEvent::kAllChunksStored;
  stored.attempt = attempt;
  return stored;
}

TEST_F(AnalysisStage, ANewerRecordingOfAQueuedStudyIsTakenUpAtTheStart) {
  const StudyId study = center_.queue(Priority::kRoutine);
  center_.happen(study, newer_stored(2));
  start_with_real_worker();
  EXPECT_NE(judged(study), store::AnalysisState::kPending);
  center_.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(const auto record, snapshot.find_analysis(study));
    EXPECT_TRUE(record && record->attempt == 2);
    return {};
  });
}

TEST_F(AnalysisStage, AQueuedStudyWhoseNewerRecordingCannotBeAnalysedSaysSo) {
  const StudyId study = center_.queue(Priority::kRoutine);
  center_.happen(study, newer_stored(2));
  start_with("exit 1");
  EXPECT_EQ(judged(study), store::AnalysisState::kFailed);
  EXPECT_EQ(center_.state(study), StudyState::kQueued);
  EXPECT_TRUE(center_.study(study).study.not_analysed);
}

TEST_F(AnalysisStage, ARecordingThatCannotBeLoadedIsReadAsNotAnalysed) {
  const StudyId study = center_.receive(Priority::kRoutine);
  const UploadId id = center_.study(study).upload;
  center_.write([&](store::Transaction& transaction) -> Result<void> {
    ECG_ASSIGN(auto upload, transaction.find_upload(id));
    if (!upload) return Error{ErrorCode::kNotFound, id.value};
    upload->durable_frames += 1;
    return transaction.put_upload(*upload);
  });
  start_with_real_worker();
  EXPECT_EQ(settled(study), StudyState::kQueued);
  EXPECT_EQ(center_.study(study).analysis, store::AnalysisState::kFailed);
}

v1::Analysis found(v1::Urgency urgency, v1::QualityGrade quality = v1::QUALITY_GRADE_GOOD) {
  v1::Analysis analysis;
  analysis.set_urgency(urgency);
  analysis.set_quality(quality);
  return analysis;
}

TEST(DoneEvent, ACriticalFindingAsksForTheCriticalTier) {
  EXPECT_EQ(done_event(found(v1::URGENCY_CRITICAL), false).tier, domain::CriticalTier::kCritical);
  EXPECT_EQ(done_event(found(v1::URGENCY_MAJOR_POSITIVE), false).tier, domain::CriticalTier::kMajorPositive);
  EXPECT_EQ(done_event(found(v1::URGENCY_NOTHING_CRITICAL_FOUND), false).tier, std::nullopt);
}

TEST(DoneEvent, QualityThatWasNotJudgedIsNotTakenForPoorOrGood) {
  EXPECT_EQ(done_event(found(v1::URGENCY_UNREADABLE, v1::QUALITY_GRADE_UNSPECIFIED), false).quality,
            domain::QualityState::kUnknown);
}

TEST(DoneEvent, APartialRecordingIsNotSentBackForBeingPoor) {
  const auto poor = found(v1::URGENCY_UNREADABLE, v1::QUALITY_GRADE_POOR);
  EXPECT_EQ(done_event(poor, false).quality, domain::QualityState::kPoor);
  EXPECT_EQ(done_event(poor, true).quality, domain::QualityState::kDegraded);
}

TEST(Suspected, CodesOfSeveralRulesAreNamedOnce) {
  v1::Analysis analysis = found(v1::URGENCY_CRITICAL);
  for (const char* code : {"VF", "VF", "ASYS"}) {
    auto& finding = *analysis.add_critical();
    finding.set_code(code);
    finding.set_tier(v1::URGENCY_CRITICAL);
  }
  const auto record = suspected({}, analysis, from_micros(1));
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->codes, (std::vector<std::string>{"VF", "ASYS"}));
  EXPECT_FALSE(suspected({}, found(v1::URGENCY_NOTHING_CRITICAL_FOUND), from_micros(1)).has_value());
}

TEST(AgeYears, ComesFromTheBirthDateBeforeTheStatedAge) {
  const Timestamp at = *parse_iso8601("2026-03-12T00:00:00Z");
  v1::Patient patient;
  EXPECT_EQ(age_years(patient, at), std::nullopt);
  patient.set_age_years(41);
  EXPECT_EQ(age_years(patient, at), 41);
  patient.set_birth_date("1959-03-12");
  EXPECT_NEAR(age_years(patient, at).value(), 67, 0.01);
  patient.set_birth_date("2030-01-01");
  EXPECT_EQ(age_years(patient, at), std::nullopt);
}

}  // namespace
}  // namespace ecg::analysis
