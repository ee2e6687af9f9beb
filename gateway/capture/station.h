// The bedside: takes what the device sends, shows it, checks it, and records it when asked.
#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "ecg/v1/clinic.pb.h"

#include "common/base/random.h"
#include "gateway/acquire/sample_source.h"
#include "gateway/capture/bedside_check.h"
#include "gateway/capture/recorder.h"
#include "gateway/spool/spool.h"

namespace ecg::capture {

// How the gateway's clock stands to the center's, as last measured; 0 uncertainty = never.
struct ClockReading {
  std::int64_t offset_ms = 0;
  std::uint32_t uncertainty_ms = 0;
};

// Any thread. Sink calls come from the source's thread.
class Station final : public acquire::SampleSink {
 public:
  // source may be nullptr: this gateway has no device. Both outlive the station's use; start and stop the
  // source around it.
  Station(spool::Spool& spool, acquire::SampleSource* source, Random& random,
          std::function<ClockReading()> clock_reading);
  ~Station() override;

  // Begins to record a registered study; samples go to disk as they come. Answers when the recording's id is
  // durable. seconds: 1 to limits::kStudyDurationMax. Errors: kNoSignal, kInvalidField (seconds),
  // kEventRefused (another recording runs), those of begin_recording.
  Result<void> start_capture(const StudyId& study, std::uint32_t seconds, bool send_when_done);
  // Ends it now; what there is stays, as a partial recording, durable before this answers.
  // Errors: kEventRefused (that study is not being recorded).
  Result<void> stop_capture(const StudyId& study);
  // Ends a recording that is open in the spool and no longer runs, as soon as the spool lets it: tried every
  // few seconds, on a thread of its own.
  void end_later(const UploadId& upload);
  // The program ends: a running recording ends as partial.
  void shut_down();

  bool connected() const;
  std::optional<StudyId> recording_now() const;

  // Called with every event, on the source's thread, and without content on that of a newer subscriber while
  // no device is connected; keeps short. False ends the subscription. The first call
  // carries the format when the device is connected.
  using Listener = std::function<bool(const ecg::v1::WatchDeviceResponse&)>;
  void subscribe(Listener listener);

  void on_connected(const ecg::v1::RecordingFormat& format) override;
  void on_frames(const acquire::SampleFrames& frames) override;
  void on_disconnected() override;

 private:
  struct Running {
    StudyId study;
    Recorder recorder;
    ecg::v1::RecordingFormat format;
    double wanted_s = 0;
    bool waits_for_connection = false;  // the source begins anew first
  };
  struct Subscriber {
    Listener listener;
    bool needs_format = true;
  };

  std::unique_ptr<Running> take_running_if(const std::function<bool(const Running&)>& condition);
  Result<void> finish(std::unique_ptr<Running> running);
  void publish(const ecg::v1::WatchDeviceResponse& event);
  static ecg::v1::WatchDeviceResponse progress_of(const Running& running, bool finished);
  void end_open_ones();
  void stop_ending();
  void record(const acquire::SampleFrames& frames, const std::optional<ecg::v1::DeviceQuality>& quality);

  spool::Spool& spool_;
  acquire::SampleSource* const source_;
  Random& random_;
  const std::function<ClockReading()> clock_reading_;

  mutable std::mutex mutex_;
  std::optional<ecg::v1::RecordingFormat> format_;  // guarded by mutex_; set while connected
  std::unique_ptr<Running> running_;                // guarded by mutex_
  bool starting_ = false;                           // guarded by mutex_

  std::mutex subscribers_mutex_;
  std::list<Subscriber> subscribers_;  // guarded by subscribers_mutex_

  std::mutex open_mutex_;
  std::condition_variable open_changed_;
  std::vector<UploadId> open_;  // guarded by open_mutex_; one for each end that failed
  bool ending_over_ = false;    // guarded by open_mutex_
  std::thread ender_;           // guarded by open_mutex_; begun when first needed

  std::unique_ptr<BedsideCheck> check_;  // the source's thread only
};

// Frame-major int16 in units of uv_per_lsb, baseline removed, saturating.
ecg::v1::PreviewBlock preview_of(const acquire::SampleFrames& frames, const ecg::v1::RecordingFormat& format);

}  // namespace ecg::capture
