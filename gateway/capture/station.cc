#include "gateway/capture/station.h"

#include <algorithm>

#include "common/base/limits.h"
#include "common/base/log.h"
#include "gateway/spool/studies.h"

namespace ecg::capture {
namespace {

constexpr std::chrono::seconds kEndAgain{3};

}  // namespace

ecg::v1::PreviewBlock preview_of(const acquire::SampleFrames& frames,
                                 const ecg::v1::RecordingFormat& format) {
  ecg::v1::PreviewBlock out;
  const auto leads = static_cast<std::size_t>(format.leads_size());
  out.set_first_frame(frames.first_frame);
  out.set_frame_count(static_cast<std::uint32_t>(frames.samples.size() / leads));
  out.set_lead_off(frames.lead_off);
  std::string bytes(frames.samples.size() * 2, '\0');
  for (std::size_t i = 0; i < frames.samples.size(); ++i) {
    const std::int64_t level =
        std::int64_t{frames.samples[i]} - format.leads(static_cast<int>(i % leads)).baseline();
    const auto value = static_cast<std::uint16_t>(std::clamp<std::int64_t>(level, -32768, 32767));
    bytes[2 * i] = static_cast<char>(value & 0xff);
    bytes[2 * i + 1] = static_cast<char>(value >> 8);
  }
  out.set_samples(std::move(bytes));
  return out;
}

Station::Station(spool::Spool& spool, acquire::SampleSource* source, Random& random,
                 std::function<ClockReading()> clock_reading)
    : spool_(spool), source_(source), random_(random), clock_reading_(std::move(clock_reading)) {}

Station::~Station() {
  stop_ending();
}

bool Station::connected() const {
  const std::lock_guard lock(mutex_);
  return format_.has_value();
}

std::optional<StudyId> Station::recording_now() const {
  const std::lock_guard lock(mutex_);
  if (!running_) return std::nullopt;
  return running_->study;
}

Result<void> Station::start_capture(const StudyId& study, std::uint32_t seconds, bool send_when_done) {
  if (seconds < 1 || seconds > limits::kStudyDurationMax.count())
    return Error{ErrorCode::kInvalidField, "seconds"};
  spool::NewRecording recording;
  {
    const std::lock_guard lock(mutex_);
    if (!format_) return Error{ErrorCode::kNoSignal, source_ == nullptr ? "no device" : source_->name()};
    if (running_ || starting_) return Error{ErrorCode::kEventRefused, "device", "a recording is running"};
    starting_ = true;
    recording.format = *format_;
  }
  recording.upload_id = UploadId(random_id(random_));
  recording.study_id = study;
  recording.wanted_frames = static_cast<std::int64_t>(recording.format.sampling_hz() * seconds);
  recording.send_when_done = send_when_done;
  recording.begun_at = spool_.clock().now();
  const ClockReading reading = clock_reading_();
  recording.clock_offset_ms = reading.offset_ms;
  recording.clock_uncertainty_ms = reading.uncertainty_ms;
  const auto begun = spool::begin_recording(spool_, recording);
  const std::lock_guard lock(mutex_);
  starting_ = false;
  if (!begun.ok()) return begun;
  running_.reset(new Running{
      study, Recorder(spool_, recording.upload_id, recording.format, recording.wanted_frames),
      recording.format, static_cast<double>(seconds), source_ != nullptr && source_->begin_anew()});
  if (const auto usage = spool_.usage(); usage.ok() && usage->used_fraction >= spool::Usage::kWarning) {
    const bool alarm = usage->used_fraction >= spool::Usage::kAlarm;
    log::warning(alarm ? "spool_almost_full" : "spool_filling_up", {{"used", usage->used_fraction}});
  }
  log::info("capture_started", {{"study", study.value}, {"upload", recording.upload_id.value}});
  return {};
}

std::unique_ptr<Station::Running> Station::take_running_if(
    const std::function<bool(const Running&)>& condition) {
  const std::lock_guard lock(mutex_);
  if (!running_ || !condition(*running_)) return nullptr;
  return std::move(running_);
}

Result<void> Station::finish(std::unique_ptr<Running> running) {
  const auto finished = running->recorder.finish();
  if (!finished.ok()) {
    log::error("recording_not_ended", finished.error(), {{"study", running->study.value}});
    end_later(running->recorder.upload());
  }
  log::info("capture_ended", {{"study", running->study.value},
                              {"frames", running->recorder.frames()},
                              {"partial", !running->recorder.complete()}});
  publish(progress_of(*running, true));
  return finished;
}

Result<void> Station::stop_capture(const StudyId& study) {
  auto running = take_running_if([&](const Running& r) { return r.study == study; });
  if (!running) return Error{ErrorCode::kEventRefused, "study " + study.value, "it is not being recorded"};
  return finish(std::move(running));
}

void Station::end_later(const UploadId& upload) {
  const std::lock_guard lock(open_mutex_);
  if (ending_over_) return;  // the next start of the program ends it
  open_.push_back(upload);
  if (!ender_.joinable()) ender_ = std::thread([this] { end_open_ones(); });
  open_changed_.notify_all();
}

void Station::end_open_ones() {
  std::unique_lock lock(open_mutex_);
  while (true) {
    open_changed_.wait(lock, [this] { return ending_over_ || !open_.empty(); });
    if (open_changed_.wait_for(lock, kEndAgain, [this] { return ending_over_; })) return;
    const std::vector<UploadId> open = open_;
    lock.unlock();
    std::vector<UploadId> ended;
    for (const UploadId& upload : open) {
      const auto outcome = spool::end_with_what_is_stored(spool_, upload);
      if (!outcome.ok() && outcome.error().code != ErrorCode::kNotFound) continue;
      log::info("recording_ended_late", {{"upload", upload.value}});
      ended.push_back(upload);
    }
    lock.lock();
    std::erase_if(
        open_, [&](const UploadId& id) { return std::find(ended.begin(), ended.end(), id) != ended.end(); });
  }
}

void Station::stop_ending() {
  std::thread ender;
  {
    const std::lock_guard lock(open_mutex_);
    ending_over_ = true;
    ender.swap(ender_);
  }
  open_changed_.notify_all();
  if (ender.joinable()) ender.join();
}

void Station::shut_down() {
  stop_ending();
  if (auto running = take_running_if([](const Running&) { return true; })) (void)finish(std::move(running));
}

void Station::subscribe(Listener listener) {
  const bool silent = !connected();
  const std::lock_guard lock(subscribers_mutex_);
  // No event would tell which of them have gone.
  if (silent) subscribers_.remove_if([](const Subscriber& s) { return !s.listener({}); });
  subscribers_.push_back({std::move(listener), true});
}

void Station::publish(const ecg::v1::WatchDeviceResponse& event) {
  std::optional<ecg::v1::RecordingFormat> format;
  {
    const std::lock_guard lock(mutex_);
    format = format_;
  }
  const std::lock_guard lock(subscribers_mutex_);
  std::optional<ecg::v1::WatchDeviceResponse> with_format;
  for (auto it = subscribers_.begin(); it != subscribers_.end();) {
    const bool first = it->needs_format && event.has_samples() && format.has_value();
    if (first && !with_format) {
      with_format = event;
      *with_format->mutable_samples()->mutable_format() = *format;
    }
    if (first) it->needs_format = false;
    it = it->listener(first ? *with_format : event) ? std::next(it) : subscribers_.erase(it);
  }
}

ecg::v1::WatchDeviceResponse Station::progress_of(const Running& running, bool finished) {
  ecg::v1::WatchDeviceResponse event;
  ecg::v1::CaptureProgress* progress = event.mutable_capture();
  progress->set_study_id(running.study.value);
  const double hz = static_cast<double>(running.recorder.wanted_frames()) / running.wanted_s;
  progress->set_recorded_s(static_cast<double>(running.recorder.frames()) / hz);
  progress->set_wanted_s(running.wanted_s);
  progress->set_finished(finished);
  progress->set_partial(finished && !running.recorder.complete());
  return event;
}

void Station::on_connected(const ecg::v1::RecordingFormat& format) {
  // A recording that has samples cannot go on in another connection.
  if (auto cut = take_running_if([](const Running& r) { return !r.waits_for_connection; })) {
    (void)finish(std::move(cut));
  }
  std::unique_ptr<Running> changed;
  {
    const std::lock_guard lock(mutex_);
    const bool same = running_ && running_->format.SerializeAsString() == format.SerializeAsString();
    format_ = format;
    if (running_ && !same) changed = std::move(running_);
    if (running_) running_->waits_for_connection = false;
  }
  if (changed) (void)finish(std::move(changed));
  check_ = std::make_unique<BedsideCheck>(format);
  const std::lock_guard lock(subscribers_mutex_);
  for (Subscriber& subscriber : subscribers_) subscriber.needs_format = true;
}

void Station::on_disconnected() {
  {
    const std::lock_guard lock(mutex_);
    format_.reset();
  }
  check_.reset();
  // One that waits for a connection has nothing of the one that ended.
  if (auto cut = take_running_if([](const Running& r) { return !r.waits_for_connection; })) {
    (void)finish(std::move(cut));
  }
}

void Station::record(const acquire::SampleFrames& frames,
                     const std::optional<ecg::v1::DeviceQuality>& quality) {
  std::unique_ptr<Running> complete;
  ecg::v1::WatchDeviceResponse progress;
  {
    const std::lock_guard lock(mutex_);
    if (!running_ || running_->waits_for_connection) return;
    running_->recorder.add(frames);
    if (quality) running_->recorder.note_quality(quality->grade());
    if (running_->recorder.complete()) complete = std::move(running_);
    if (!complete) progress = progress_of(*running_, false);
  }
  if (complete) {
    (void)finish(std::move(complete));
  } else {
    publish(progress);
  }
}

void Station::on_frames(const acquire::SampleFrames& frames) {
  ecg::v1::RecordingFormat format;
  {
    const std::lock_guard lock(mutex_);
    if (!format_) return;
    format = *format_;
  }
  const auto quality = check_->push(frames);
  ecg::v1::WatchDeviceResponse event;
  *event.mutable_samples() = preview_of(frames, format);
  publish(event);
  if (quality) {
    *event.mutable_quality() = *quality;
    publish(event);
  }
  record(frames, quality);
}

}  // namespace ecg::capture
