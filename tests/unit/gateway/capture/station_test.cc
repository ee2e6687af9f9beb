#include "gateway/capture/station.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <stdlib.h>

#include "common/base/ids.h"
#include "common/wire/convert.h"
#include "gateway/spool/studies.h"

namespace ecg::capture {
namespace {

// Sends only what the test tells it to; the test's thread is the source's thread.
class ScriptedSource final : public acquire::SampleSource {
 public:
  void start(acquire::SampleSink&) override {}
  void stop() override {}
  std::string name() const override { return "scripted"; }
  bool begin_anew() override { return begins_anew; }
  bool begins_anew = false;
};

class StationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "ecg-station-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    spool_ = spool::Spool::open(directory_, {}, clock_).value();
    station_ = std::make_unique<Station>(*spool_, &source_, random_, [] { return ClockReading{-40, 5}; });
    format_.set_sampling_hz(500);
    for (const auto lead : {ecg::v1::LEAD_CODE_I, ecg::v1::LEAD_CODE_II}) {
      format_.add_leads()->set_lead(lead);
      format_.mutable_leads(format_.leads_size() - 1)->set_uv_per_lsb(5);
    }
  }
  void TearDown() override {
    station_.reset();
    spool_.reset();
    std::filesystem::remove_all(directory_);
  }
  StudyId add_study() {
    ecg::v1::StudyRegistration registration;
    registration.set_study_id(random_id(random_));
    registration.set_attempt(1);
    EXPECT_TRUE(spool::register_study(*spool_, registration).ok());
    return StudyId(registration.study_id());
  }
  void connect() {
    next_ = 0;
    station_->on_connected(format_);
  }
  void send(int frames, std::uint32_t lead_off = 0) {
    acquire::SampleFrames out{next_, {}, lead_off};
    for (int i = 0; i < frames * 2; ++i) {
      out.samples.push_back(static_cast<std::int32_t>(sent_.size() * 31 % 211));
      sent_.push_back(out.samples.back());
    }
    next_ += static_cast<std::uint64_t>(frames);
    station_->on_frames(out);
  }
  spool::StudyRow row(const StudyId& study) { return spool::find_study(*spool_, study).value(); }
  dsp::Recording stored(const StudyId& study) {
    const auto recording = spool::load_recording(*spool_, row(study).recording->upload_id);
    wire::RecordingAssembler assembler(recording->format);
    for (const auto& block : recording->blocks) EXPECT_TRUE(assembler.add(block).ok());
    return assembler.take();
  }

  std::string directory_;
  ManualClock clock_{from_micros(1'780'000'000'000'000)};
  SeededRandom random_{1};
  ecg::v1::RecordingFormat format_;
  ScriptedSource source_;
  std::unique_ptr<spool::Spool> spool_;
  std::unique_ptr<Station> station_;
  std::uint64_t next_ = 0;
  std::vector<std::int32_t> sent_;
};

TEST_F(StationTest, RecordsExactlyTheWantedSamplesBitForBit) {
  const StudyId study = add_study();
  connect();
  send(333);
  sent_.clear();
  ASSERT_TRUE(station_->start_capture(study, 2, true).ok());
  for (int i = 0; i < 60; ++i) send(20);
  EXPECT_FALSE(station_->recording_now().has_value());
  const dsp::Recording recording = stored(study);
  ASSERT_EQ(recording.frames(), 1000);
  for (std::size_t i = 0; i < 2000; ++i) ASSERT_EQ(recording.leads[i % 2].samples[i / 2], sent_[i]);
  EXPECT_EQ(row(study).phase, spool::Phase::kSent);
  EXPECT_FALSE(row(study).recording->partial);
  EXPECT_EQ(row(study).recording->sha256, wire::as_bytes(wire::digest_of(recording)));
  EXPECT_EQ(row(study).registration.clock_offset_ms(), -40);
}

TEST_F(StationTest, LeadOffBecomesOneGapAcrossBlocks) {
  const StudyId study = add_study();
  connect();
  ASSERT_TRUE(station_->start_capture(study, 1, false).ok());
  send(90);
  for (int i = 0; i < 10; ++i) send(20, 2);
  send(300);
  const dsp::Recording recording = stored(study);
  EXPECT_TRUE(recording.leads[0].gaps.empty());
  EXPECT_EQ(recording.leads[1].gaps, (std::vector<dsp::Interval>{{90, 290}}));
  EXPECT_EQ(row(study).phase, spool::Phase::kAwaitingDecision);
}

TEST_F(StationTest, StopAndLossOfTheDeviceLeaveAPartialRecording) {
  const StudyId stopped = add_study(), lost = add_study();
  connect();
  ASSERT_TRUE(station_->start_capture(stopped, 10, true).ok());
  EXPECT_EQ(station_->start_capture(lost, 10, true).error().code, ErrorCode::kEventRefused);
  send(137);
  EXPECT_EQ(station_->stop_capture(lost).error().code, ErrorCode::kEventRefused);
  ASSERT_TRUE(station_->stop_capture(stopped).ok());
  EXPECT_TRUE(row(stopped).recording->partial);
  EXPECT_EQ(row(stopped).recording->frames, 137);

  ASSERT_TRUE(station_->start_capture(lost, 10, true).ok());
  send(50);
  station_->on_disconnected();
  EXPECT_TRUE(row(lost).recording->partial);
  EXPECT_EQ(row(lost).recording->frames, 50);
  EXPECT_EQ(station_->start_capture(add_study(), 10, true).error().code, ErrorCode::kNoSignal);
}

TEST_F(StationTest, RecordingThatCouldNotEndIsEndedLaterWithAllItsSamples) {
  const auto run = [&](const char* sql) {
    return spool_->write([sql](sqlite::Database& database) { return database.execute(sql); }).ok();
  };
  const StudyId study = add_study();
  connect();
  ASSERT_TRUE(station_->start_capture(study, 1, true).ok());
  ASSERT_TRUE(
      run("CREATE TRIGGER stuck BEFORE UPDATE OF closed_at ON recordings "
          "BEGIN SELECT RAISE(ABORT, 'no'); END"));
  send(500);
  EXPECT_FALSE(station_->recording_now().has_value());
  EXPECT_EQ(row(study).phase, spool::Phase::kAcquiring);
  ASSERT_TRUE(run("DROP TRIGGER stuck"));
  SystemClock clock;
  const Duration end = clock.steady() + std::chrono::seconds(20);
  while (row(study).phase != spool::Phase::kSent && clock.steady() < end) {
    spool_->changes().wait(spool_->changes().version(), std::chrono::milliseconds(50));
  }
  EXPECT_EQ(row(study).phase, spool::Phase::kSent);
  EXPECT_FALSE(row(study).recording->partial);
  EXPECT_EQ(row(study).recording->frames, 500);
}

TEST_F(StationTest, EndOfTheFormerConnectionLeavesARecordingThatWaitsForTheNext) {
  source_.begins_anew = true;
  const StudyId study = add_study();
  connect();
  ASSERT_TRUE(station_->start_capture(study, 1, false).ok());
  station_->on_disconnected();
  EXPECT_EQ(station_->recording_now(), study);
  connect();
  send(500);
  EXPECT_EQ(row(study).recording->frames, 500);
  EXPECT_FALSE(row(study).recording->partial);
}

TEST_F(StationTest, ViewersThatHaveGoneAreForgottenWithoutADevice) {
  int asked = 0;
  for (int i = 0; i < 3; ++i) {
    station_->subscribe([&](const ecg::v1::WatchDeviceResponse&) {
      ++asked;
      return false;
    });
  }
  EXPECT_EQ(asked, 2);  // each once, by the next
}

TEST_F(StationTest, ReplayIsRecordedFromItsFirstFrame) {
  source_.begins_anew = true;
  const StudyId study = add_study();
  connect();
  send(100);
  ASSERT_TRUE(station_->start_capture(study, 1, true).ok());
  send(40);  // still the old round
  connect();
  sent_.clear();
  send(500);
  const dsp::Recording recording = stored(study);
  ASSERT_EQ(recording.frames(), 500);
  EXPECT_EQ(recording.leads[0].samples[0], sent_[0]);
  EXPECT_EQ(recording.leads[1].samples[499], sent_[999]);
}

TEST_F(StationTest, SecondsOutsideTheLimitAreRefused) {
  const StudyId study = add_study();
  connect();
  EXPECT_EQ(station_->start_capture(study, 0, false).error().code, ErrorCode::kInvalidField);
  EXPECT_EQ(station_->start_capture(study, 601, false).error().code, ErrorCode::kInvalidField);
  EXPECT_EQ(station_->start_capture(StudyId("unknown"), 10, false).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(station_->start_capture(study, 600, false).ok());
}

TEST_F(StationTest, ViewersGetTheFormatFirstAndAgainAfterItChanged) {
  std::vector<ecg::v1::WatchDeviceResponse> events;
  connect();
  station_->subscribe([&](const ecg::v1::WatchDeviceResponse& event) {
    if (event.has_samples()) events.push_back(event);
    return events.size() < 4;
  });
  send(20);
  send(20);
  connect();
  send(20);
  send(20);
  send(20);  // no longer wanted
  ASSERT_EQ(events.size(), 4u);
  EXPECT_TRUE(events[0].samples().has_format());
  EXPECT_FALSE(events[1].samples().has_format());
  EXPECT_TRUE(events[2].samples().has_format());
  EXPECT_EQ(events[1].samples().frame_count(), 20u);
}

TEST_F(StationTest, PreviewRemovesTheBaselineAndSaturates) {
  format_.mutable_leads(1)->set_baseline(100);
  const auto preview = preview_of({7, {40000, 100, -40000, 99}, 2}, format_);
  const std::string bytes = preview.samples();
  EXPECT_EQ(bytes, std::string("\xff\x7f\x00\x00\x00\x80\xff\xff", 8));
  EXPECT_EQ(preview.lead_off(), 2u);
  EXPECT_EQ(preview.first_frame(), 7u);
}

}  // namespace
}  // namespace ecg::capture
