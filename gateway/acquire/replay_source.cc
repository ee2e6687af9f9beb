#include "gateway/acquire/replay_source.h"

#include <algorithm>

#include "common/base/log.h"
#include "common/wire/convert.h"

namespace ecg::acquire {
namespace {

namespace fs = std::filesystem;
constexpr std::chrono::milliseconds kTick{40};
constexpr std::int64_t kFramesAtOnce = 2000;  // at full speed

bool playable(const fs::path& file) {
  return file.extension() == ".hea" || file.extension() == ".scp";
}

std::uint32_t lead_off_at(const dsp::Recording& recording, std::int64_t frame) {
  std::uint32_t bits = 0;
  for (std::size_t l = 0; l < recording.leads.size() && l < 32; ++l) {
    for (const dsp::Interval& gap : recording.leads[l].gaps) {
      if (frame >= gap.begin && frame < gap.end) bits |= 1u << l;
    }
  }
  return bits;
}

// The first frame after from, at most end, where a gap begins or ends.
std::int64_t next_edge(const dsp::Recording& recording, std::int64_t from, std::int64_t end) {
  for (const dsp::Lead& lead : recording.leads) {
    for (const dsp::Interval& gap : lead.gaps) {
      for (const std::int64_t edge : {gap.begin, gap.end}) {
        if (edge > from && edge < end) end = edge;
      }
    }
  }
  return end;
}

}  // namespace

ecg::v1::RecordingFormat imported_format(const formats::ImportedRecording& imported) {
  ecg::v1::RecordingFormat format = wire::format_of(imported.recording);
  format.mutable_device()->set_manufacturer(imported.device.manufacturer);
  format.mutable_device()->set_model(imported.device.model);
  format.mutable_device()->set_serial(imported.device.serial);
  std::string source;
  for (const char c : imported.format) source += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  format.set_source_format(source);
  return format;
}

Result<std::unique_ptr<ReplaySource>> ReplaySource::open(const fs::path& path, ReplaySpeed speed,
                                                         FileReader reader, const Clock& clock) {
  std::vector<std::string> files;
  std::error_code failed;
  if (fs::is_directory(path, failed)) {
    for (auto it =
             fs::recursive_directory_iterator(path, fs::directory_options::skip_permission_denied, failed);
         !failed && it != fs::recursive_directory_iterator(); it.increment(failed)) {
      if (it->is_regular_file(failed) && playable(it->path())) files.push_back(it->path().string());
    }
    std::sort(files.begin(), files.end());
  } else if (fs::is_regular_file(path, failed)) {
    files.push_back(path.string());
  }
  if (files.empty()) return Error{ErrorCode::kFileNotFound, path.string(), "nothing to replay"};
  std::unique_ptr<ReplaySource> source(
      new ReplaySource(path.filename().string(), std::move(files), speed, std::move(reader), clock));
  if (!source->load_next()) return Error{ErrorCode::kFormatUnknown, path.string(), "no file can be played"};
  return source;
}

ReplaySource::ReplaySource(std::string name, std::vector<std::string> files, ReplaySpeed speed,
                           FileReader reader, const Clock& clock)
    : name_(std::move(name)),
      files_(std::move(files)),
      speed_(speed),
      reader_(std::move(reader)),
      pacer_(clock, kTick) {}

void ReplaySource::start(SampleSink& sink) {
  sink_ = &sink;
  pacer_.start([this](Duration elapsed) { step(elapsed); });
}

bool ReplaySource::begin_anew() {
  const std::lock_guard lock(mutex_);
  begin_anew_ = true;
  return true;
}

// Files that cannot be read or recorded are passed over; false when none is left.
bool ReplaySource::load_next() {
  for (std::size_t tried = 0; tried < files_.size(); ++tried) {
    const std::string file = files_[next_file_];
    next_file_ = (next_file_ + 1) % files_.size();
    auto imported = reader_(file);
    if (imported.ok()) {
      const auto format = imported_format(*imported);
      const auto allowed = wire::check_format(format);
      if (allowed.ok() && imported->recording.frames() > 0) {
        recording_ = std::move(imported->recording);
        format_ = format;
        return true;
      }
      if (!allowed.ok()) imported = allowed.error();
    }
    // Files are often named after patients.
    if (!imported.ok())
      log::warning("replay_file_passed_over", {{"code", facts(imported.error().code).catalogue}});
  }
  return false;
}

void ReplaySource::play_from_start(Duration elapsed) {
  position_ = 0;
  delivered_ = 0;
  begun_at_ = elapsed;
  playing_ = true;
  sink_->on_connected(format_);
}

void ReplaySource::emit(std::int64_t end) {
  while (position_ < end) {
    const std::int64_t edge = next_edge(recording_, position_, end);
    SampleFrames frames{delivered_, {}, lead_off_at(recording_, position_)};
    frames.samples.reserve(static_cast<std::size_t>(edge - position_) * recording_.leads.size());
    for (std::int64_t i = position_; i < edge; ++i) {
      for (const dsp::Lead& lead : recording_.leads)
        frames.samples.push_back(lead.samples[static_cast<std::size_t>(i)]);
    }
    delivered_ += static_cast<std::uint64_t>(edge - position_);
    position_ = edge;
    sink_->on_frames(frames);
  }
}

void ReplaySource::step(Duration elapsed) {
  bool anew = false;
  {
    const std::lock_guard lock(mutex_);
    std::swap(anew, begin_anew_);
  }
  if (anew || (!playing_ && delivered_ == 0)) {
    taken_ = anew;
    play_from_start(elapsed);
    if (speed_ == ReplaySpeed::kFull && !anew)
      playing_ = false;  // connected, and silent until a recording begins
  }
  if (!playing_) {
    delivered_ = std::max<std::uint64_t>(delivered_, 1);
    return;
  }
  const std::int64_t frames = recording_.frames();
  if (speed_ == ReplaySpeed::kFull) {
    for (std::int64_t end = 0; end < frames;) emit(end = std::min(end + kFramesAtOnce, frames));
  } else {
    const double due = std::chrono::duration<double>(elapsed - begun_at_).count() * format_.sampling_hz();
    emit(std::min(frames, static_cast<std::int64_t>(due)));
  }
  if (position_ < frames) return;
  if (taken_) {
    sink_->on_disconnected();
    taken_ = false;
    if (!load_next()) return;
    playing_ = false;
    delivered_ = 0;
    return;
  }
  position_ = 0;  // round again, the same connection
  begun_at_ = elapsed;
}

}  // namespace ecg::acquire
