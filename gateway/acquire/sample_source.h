// Where samples come from: an electrocardiograph, or what stands in for one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ecg/v1/recording.pb.h"

#include "common/base/result.h"

namespace ecg::acquire {

struct SampleFrames {
  std::uint64_t first_frame = 0;      // counted from on_connected
  std::vector<std::int32_t> samples;  // frame after frame, leads in the format's order
  std::uint32_t lead_off = 0;         // bit i: lead i has no contact in all of these frames
};

// Called on the source's own thread, one call at a time.
class SampleSink {
 public:
  virtual ~SampleSink() = default;
  // Samples of this format follow, counted from frame 0. Also called when the format changes or the source
  // begins anew.
  virtual void on_connected(const ecg::v1::RecordingFormat& format) = 0;
  virtual void on_frames(const SampleFrames& frames) = 0;
  virtual void on_disconnected() = 0;
};

// Members may be called from any thread.
class SampleSource {
 public:
  virtual ~SampleSource() = default;
  // Once. The sink outlives stop().
  virtual void start(SampleSink& sink) = 0;
  // No call to the sink is made after it returns. A repeat changes nothing.
  virtual void stop() = 0;

  virtual std::string name() const = 0;  // for people: "Simulator", the folder of a replay
  virtual bool is_simulator() const { return false; }
  virtual std::string scenario() const { return {}; }
  // Errors: kEventRefused (not a simulator), kInvalidField (not a scenario).
  virtual Result<void> set_scenario(const std::string&) {
    return Error{ErrorCode::kEventRefused, name(), "not a simulator"};
  }
  // A recording is about to begin. True: the source begins its material anew, on_connected follows, and the
  // recording begins there. False: it begins with whatever frame comes next.
  virtual bool begin_anew() { return false; }
};

}  // namespace ecg::acquire
