#include "gateway/capture/importer.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <stdlib.h>

#include "common/wire/convert.h"
#include "gateway/spool/recordings.h"
#include "gateway/spool/studies.h"

namespace ecg::capture {
namespace {

class ImporterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "ecg-import-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    spool_ = spool::Spool::open(directory_, {}, clock_).value();
    imported_.format = "WFDB";
    imported_.recording.sampling_frequency.value = 500;
    imported_.recording.leads.resize(2);
    for (auto& lead : imported_.recording.leads) {
      lead.uv_per_lsb = 1;
      for (int i = 0; i < 777; ++i) lead.samples.push_back(i * 13 % 401);
    }
    imported_.recording.leads[1].gaps = {{100, 300}};
  }
  void TearDown() override {
    spool_.reset();
    std::filesystem::remove_all(directory_);
  }
  Result<std::string> import() { return import_recording(*spool_, random_, imported_, "digest"); }

  std::string directory_;
  ManualClock clock_{from_micros(1'780'000'000'000'000)};
  SeededRandom random_{1};
  formats::ImportedRecording imported_;
  std::unique_ptr<spool::Spool> spool_;
};

TEST_F(ImporterTest, FileBecomesAStudyWithTheSameSamplesReadyToSend) {
  const auto study = import();
  ASSERT_TRUE(study.ok());
  const auto row = spool::find_study(*spool_, StudyId(*study)).value();
  EXPECT_EQ(row.phase, spool::Phase::kSent);
  EXPECT_EQ(row.registration.patient().identity(), ecg::v1::IDENTITY_STATE_UNIDENTIFIED);
  EXPECT_FALSE(row.registration.patient().id().empty());
  EXPECT_EQ(row.recording->sha256, wire::as_bytes(wire::digest_of(imported_.recording)));
  EXPECT_EQ(spool::list_outbound(*spool_, 5)->size(), 1u);
  EXPECT_EQ(spool::find_outbound(*spool_, row.recording->upload_id)->format.source_format(), "wfdb");
}

TEST_F(ImporterTest, PatientFieldsOfTheFileAreTakenOver) {
  imported_.patient.id = "H-77";
  imported_.patient.sex = dsp::Sex::kFemale;
  imported_.patient.age_years = 61.8;
  const auto row = spool::find_study(*spool_, StudyId(import().value())).value();
  EXPECT_EQ(row.registration.patient().id(), "H-77");
  EXPECT_EQ(row.registration.patient().age_years(), 61u);
  EXPECT_EQ(row.registration.patient().identity(), ecg::v1::IDENTITY_STATE_MATCHED);
}

TEST_F(ImporterTest, WhatIsOutsideTheIntakeLimitsIsRefusedByName) {
  imported_.recording.sampling_frequency.value = 200;
  EXPECT_EQ(import().error().code, ErrorCode::kSamplingOutsideIntake);
  imported_.recording.sampling_frequency.value = 500;
  imported_.recording.leads.resize(17, imported_.recording.leads[0]);
  EXPECT_EQ(import().error().code, ErrorCode::kTooManyLeads);
  imported_.recording.leads.resize(1);
  imported_.recording.leads[0].samples.assign(500 * 600 + 1, 0);
  EXPECT_EQ(import().error().code, ErrorCode::kTooManySamples);
  imported_.recording.leads[0].samples.pop_back();
  EXPECT_TRUE(import().ok());
}

}  // namespace
}  // namespace ecg::capture
