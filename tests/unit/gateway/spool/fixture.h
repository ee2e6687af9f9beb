// A spool in a folder of its own, and small recordings to put into it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <stdlib.h>

#include "common/base/clock.h"
#include "common/base/random.h"
#include "common/wire/recording_digest.h"
#include "gateway/spool/recordings.h"
#include "gateway/spool/spool.h"
#include "gateway/spool/studies.h"

namespace ecg::spool::testing {

class SpoolTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "ecg-spool-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    reopen();
  }
  void TearDown() override {
    spool_.reset();
    std::filesystem::remove_all(directory_);
  }
  void reopen(SpoolOptions options = {}) {
    spool_.reset();
    auto opened = Spool::open(directory_, options, clock_);
    ASSERT_TRUE(opened.ok()) << message(opened.error(), Language::kEnglish);
    spool_ = std::move(opened).value();
  }

  StudyId add_study(ecg::v1::Priority priority = ecg::v1::PRIORITY_ROUTINE) {
    ecg::v1::StudyRegistration registration;
    registration.set_study_id(random_id(random_));
    registration.mutable_patient()->set_id("P-1");
    registration.set_priority(priority);
    registration.set_attempt(1);
    EXPECT_TRUE(register_study(*spool_, registration).ok());
    return StudyId(registration.study_id());
  }
  static ecg::v1::RecordingFormat two_leads() {
    ecg::v1::RecordingFormat format;
    format.set_sampling_hz(500);
    format.add_leads()->set_lead(ecg::v1::LEAD_CODE_I);
    format.add_leads()->set_lead(ecg::v1::LEAD_CODE_II);
    return format;
  }
  UploadId begin(const StudyId& study, bool send_when_done = false) {
    NewRecording recording;
    recording.upload_id = UploadId(random_id(random_));
    recording.study_id = study;
    recording.format = two_leads();
    recording.wanted_frames = 1000;
    recording.send_when_done = send_when_done;
    recording.begun_at = clock_.now();
    EXPECT_TRUE(begin_recording(*spool_, recording).ok());
    return recording.upload_id;
  }
  static wire::Block block_at(std::uint64_t first, int frames) {
    wire::Block block{first, {}, {}};
    for (int i = 0; i < 2 * frames; ++i)
      block.samples.push_back(static_cast<std::int32_t>(first) + i * 7 % 50);
    return block;
  }
  Result<void> append(const UploadId& upload, const wire::Block& block) {
    Result<void> answer = Error{ErrorCode::kInternal, ""};
    append_block(*spool_, upload, wire::encode_block(block, 2).value(),
                 [&](const Result<void>& stored) { answer = stored; });
    EXPECT_TRUE(
        spool_->write([](sqlite::Database&) { return Result<void>(); }).ok());  // after it in the queue
    return answer;
  }
  // blocks of 125 frames, closed.
  UploadId record(const StudyId& study, int blocks, bool send_when_done) {
    const UploadId upload = begin(study, send_when_done);
    wire::RecordingDigest digest(2);
    for (int i = 0; i < blocks; ++i) {
      const wire::Block block = block_at(static_cast<std::uint64_t>(i) * 125, 125);
      EXPECT_TRUE(append(upload, block).ok());
      EXPECT_TRUE(digest.add(block).ok());
    }
    Ending ending;
    ending.frames = blocks * 125;
    ending.sha256 = wire::as_bytes(digest.digest());
    EXPECT_TRUE(end_recording(*spool_, upload, ending).ok());
    return upload;
  }
  Phase phase(const StudyId& study) { return find_study(*spool_, study).value().phase; }

  std::string directory_;
  ManualClock clock_{from_micros(1'780'000'000'000'000)};
  SeededRandom random_{42};
  std::unique_ptr<Spool> spool_;
};

template <class T>
ErrorCode code_of(const Result<T>& result) {
  return result.ok() ? ErrorCode::kInternal : result.error().code;
}

}  // namespace ecg::spool::testing
