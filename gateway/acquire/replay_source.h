// Recordings from files played as if a device sent them.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "common/formats/format.h"
#include "gateway/acquire/pacer.h"
#include "gateway/acquire/sample_source.h"

namespace ecg::acquire {

enum class ReplaySpeed : std::uint8_t {
  kReal,  // plays round and round, so that there is something to see
  kFull,  // as fast as it is taken, from the beginning of each recording made; silent in between
};

// Reads one file; the sandbox in production.
using FileReader = std::function<Result<formats::ImportedRecording>(const std::string& path)>;

// Each recording that begins gets a file from its first frame; the next one gets the next file, and after the
// last the first again. Where a file ends during a recording, the device is gone for a moment and the
// recording is partial.
class ReplaySource final : public SampleSource {
 public:
  // path: a file, or a folder whose .hea and .scp files are played in order of their names. Every file is
  // read once to see that it can be played. Errors: kFileNotFound (nothing there), those of reading.
  static Result<std::unique_ptr<ReplaySource>> open(const std::filesystem::path& path, ReplaySpeed speed,
                                                    FileReader reader, const Clock& clock);
  ~ReplaySource() override { ReplaySource::stop(); }

  void start(SampleSink& sink) override;
  void stop() override { pacer_.stop(); }
  std::string name() const override { return name_; }
  bool begin_anew() override;

 private:
  ReplaySource(std::string name, std::vector<std::string> files, ReplaySpeed speed, FileReader reader,
               const Clock& clock);
  void step(Duration elapsed);
  void play_from_start(Duration elapsed);
  void emit(std::int64_t end);
  bool load_next();

  const std::string name_;
  const std::vector<std::string> files_;
  const ReplaySpeed speed_;
  const FileReader reader_;
  std::mutex mutex_;
  bool begin_anew_ = false;  // guarded by mutex_
  SampleSink* sink_ = nullptr;
  // The pacer's thread only.
  dsp::Recording recording_;
  ecg::v1::RecordingFormat format_;
  std::size_t next_file_ = 0;
  std::int64_t position_ = 0;    // in the file
  std::uint64_t delivered_ = 0;  // since on_connected
  Duration begun_at_{0};
  bool taken_ = false;  // this file is being recorded
  bool playing_ = false;
  Pacer pacer_;
};

// What an imported recording states about itself, as the contract writes it.
ecg::v1::RecordingFormat imported_format(const formats::ImportedRecording& imported);

}  // namespace ecg::acquire
