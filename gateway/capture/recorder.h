// One running recording: cuts the stream into blocks and puts each on disk as soon as it is full.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <vector>

#include "common/base/ids.h"
#include "common/wire/recording_digest.h"
#include "gateway/acquire/sample_source.h"
#include "gateway/spool/recordings.h"

namespace ecg::capture {

// One thread. The recording has been begun in the spool.
class Recorder {
 public:
  Recorder(spool::Spool& spool, UploadId upload, const ecg::v1::RecordingFormat& format,
           std::int64_t wanted_frames);

  // Takes what is still wanted. Returns at once; blocks become durable behind it.
  void add(const acquire::SampleFrames& frames);
  void note_quality(ecg::v1::QualityGrade grade) { ++grades_.at(static_cast<std::size_t>(grade)); }

  std::int64_t frames() const { return frames_; }
  std::int64_t wanted_frames() const { return wanted_frames_; }
  bool complete() const { return frames_ >= wanted_frames_; }
  const UploadId& upload() const { return upload_; }

  // Ends the recording on disk, as partial when it is not complete or a block could not be stored. Waits for
  // the disk.
  Result<void> finish();

 private:
  void flush();
  ecg::v1::QualityGrade quality() const;

  spool::Spool& spool_;
  const UploadId upload_;
  const int leads_;
  const std::int64_t wanted_frames_;
  const std::size_t block_samples_;
  std::int64_t frames_ = 0;
  wire::Block block_;
  wire::RecordingDigest digest_;
  std::array<int, 4> grades_{};  // seconds of each grade
  std::shared_ptr<std::atomic<bool>> failed_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace ecg::capture
