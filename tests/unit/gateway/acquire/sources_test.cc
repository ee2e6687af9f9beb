#include <condition_variable>
#include <mutex>

#include <gtest/gtest.h>

#include "gateway/acquire/replay_source.h"
#include "gateway/acquire/simulator_source.h"

namespace ecg::acquire {
namespace {

class Collector final : public SampleSink {
 public:
  void on_connected(const ecg::v1::RecordingFormat& format) override {
    const std::lock_guard lock(mutex_);
    format_ = format;
    ++connections_;
    samples_.clear();
    changed_.notify_all();
  }
  void on_frames(const SampleFrames& frames) override {
    const std::lock_guard lock(mutex_);
    const auto leads = static_cast<std::size_t>(format_.leads_size());
    EXPECT_EQ(frames.first_frame, samples_.size() / leads);
    samples_.insert(samples_.end(), frames.samples.begin(), frames.samples.end());
    changed_.notify_all();
  }
  void on_disconnected() override {
    const std::lock_guard lock(mutex_);
    last_ = samples_;
    ++losses_;
    changed_.notify_all();
  }
  template <class Condition>
  bool wait(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return condition(*this); });
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  ecg::v1::RecordingFormat format_;
  int connections_ = 0, losses_ = 0;
  std::vector<std::int32_t> samples_, last_;
};

TEST(SimulatorSource, SendsTheScenariosSamplesAtAboutRealSpeed) {
  SystemClock clock;
  Collector sink;
  const auto scenario = simulator::parse_scenario("sinus:72,seed=4").value();
  SimulatorSource source(scenario, clock);
  const Duration begun = clock.steady();
  source.start(sink);
  ASSERT_TRUE(sink.wait([](Collector& c) { return c.samples_.size() >= 8u * 250; }));
  EXPECT_GE(clock.steady() - begun, std::chrono::milliseconds(480));
  ASSERT_TRUE(source.set_scenario("af:120").ok());
  EXPECT_EQ(source.set_scenario("no-such-rhythm").error().code, ErrorCode::kInvalidField);
  ASSERT_TRUE(sink.wait([](Collector& c) { return c.connections_ == 2; }));
  source.stop();
  EXPECT_EQ(sink.format_.source_format(), "simulator");
  EXPECT_EQ(source.scenario(), "af:120");
}

formats::ImportedRecording ramp(int frames) {
  formats::ImportedRecording imported;
  imported.format = "WFDB";
  imported.recording.sampling_frequency.value = 500;
  imported.recording.leads.resize(2);
  for (int i = 0; i < frames; ++i) {
    imported.recording.leads[0].samples.push_back(i);
    imported.recording.leads[1].samples.push_back(-i);
  }
  imported.recording.leads[1].gaps = {{10, 20}};
  return imported;
}

TEST(ReplaySource, EachRecordingGetsAWholeFileFromItsFirstFrame) {
  SystemClock clock;
  Collector sink;
  auto source = ReplaySource::open(
                    "/proc/self/status", ReplaySpeed::kFull,
                    [](const std::string&) { return Result(ramp(4321)); }, clock)
                    .value();
  source->start(sink);
  ASSERT_TRUE(sink.wait([](Collector& c) { return c.connections_ == 1; }));
  for (int round = 1; round <= 2; ++round) {
    EXPECT_TRUE(source->begin_anew());
    ASSERT_TRUE(sink.wait([&](Collector& c) { return c.losses_ == round; }));
    const std::lock_guard lock(sink.mutex_);
    ASSERT_EQ(sink.last_.size(), 2u * 4321);
    EXPECT_EQ(sink.last_[2 * 4320], 4320);
    EXPECT_EQ(sink.last_[2 * 4320 + 1], -4320);
  }
  source->stop();
}

TEST(ReplaySource, NothingToPlayIsAnErrorAtOnce) {
  SystemClock clock;
  const auto reader = [](const std::string&) { return Result(ramp(10)); };
  EXPECT_EQ(ReplaySource::open("/nonexistent", ReplaySpeed::kReal, reader, clock).error().code,
            ErrorCode::kFileNotFound);
  const auto broken = [](const std::string&) {
    return Result<formats::ImportedRecording>(Error{ErrorCode::kFileMalformed, "x"});
  };
  EXPECT_EQ(ReplaySource::open("/proc/self/status", ReplaySpeed::kReal, broken, clock).error().code,
            ErrorCode::kFormatUnknown);
}

}  // namespace
}  // namespace ecg::acquire
