#include "gateway/capture/recorder.h"

#include <algorithm>

#include "common/base/limits.h"
#include "common/base/log.h"

namespace ecg::capture {
namespace {

std::size_t frames_per_block(double sampling_hz) {
  const double seconds = std::chrono::duration<double>(limits::kBlockDuration).count();
  return static_cast<std::size_t>(
      std::clamp(sampling_hz * seconds, 1.0, static_cast<double>(limits::kBlockFramesMax)));
}

}  // namespace

Recorder::Recorder(spool::Spool& spool, UploadId upload, const ecg::v1::RecordingFormat& format,
                   std::int64_t wanted_frames)
    : spool_(spool),
      upload_(std::move(upload)),
      leads_(format.leads_size()),
      wanted_frames_(wanted_frames),
      block_samples_(frames_per_block(format.sampling_hz()) * static_cast<std::size_t>(leads_)),
      digest_(leads_) {}

void Recorder::add(const acquire::SampleFrames& frames) {
  const auto width = static_cast<std::size_t>(leads_);
  const auto wanted = static_cast<std::size_t>(wanted_frames_ - frames_) * width;
  std::span<const std::int32_t> rest(frames.samples.data(), std::min(wanted, frames.samples.size()));
  while (!rest.empty()) {
    if (block_.samples.empty()) block_ = {static_cast<std::uint64_t>(frames_), {}, {}};
    const std::size_t take = std::min(rest.size(), block_samples_ - block_.samples.size());
    const auto begin = static_cast<std::uint64_t>(frames_);
    block_.samples.insert(block_.samples.end(), rest.begin(),
                          rest.begin() + static_cast<std::ptrdiff_t>(take));
    frames_ += static_cast<std::int64_t>(take / width);
    for (std::uint32_t lead = 0; lead < static_cast<std::uint32_t>(leads_); ++lead) {
      if ((frames.lead_off >> lead & 1u) == 0) continue;
      const auto last = std::find_if(block_.gaps.begin(), block_.gaps.end(), [&](const wire::Gap& gap) {
        return gap.lead == lead && gap.end == begin;
      });
      if (last != block_.gaps.end()) {
        last->end = static_cast<std::uint64_t>(frames_);
      } else {
        block_.gaps.push_back({lead, begin, static_cast<std::uint64_t>(frames_)});
      }
    }
    rest = rest.subspan(take);
    if (block_.samples.size() == block_samples_) flush();
  }
}

void Recorder::flush() {
  if (block_.samples.empty()) return;
  std::sort(block_.gaps.begin(), block_.gaps.end());
  const auto message = wire::encode_block(block_, leads_);
  if (!message.ok() || !digest_.add(block_).ok()) {
    *failed_ = true;
  } else {
    spool::append_block(spool_, upload_, *message, [failed = failed_](const Result<void>& stored) {
      if (stored.ok() || failed->exchange(true)) return;
      log::error("block_not_stored", stored.error());
    });
  }
  block_ = {};
}

// The grade of most seconds; the worse one where two are even.
ecg::v1::QualityGrade Recorder::quality() const {
  std::size_t best = ecg::v1::QUALITY_GRADE_UNSPECIFIED;
  for (std::size_t grade = 1; grade < grades_.size(); ++grade) {
    if (grades_[grade] > 0 && grades_[grade] >= grades_[best]) best = grade;
  }
  return static_cast<ecg::v1::QualityGrade>(best);
}

Result<void> Recorder::finish() {
  flush();
  if (frames_ > 0 && !*failed_) {
    spool::Ending ending;
    ending.frames = frames_;
    ending.sha256 = wire::as_bytes(digest_.digest());
    ending.partial = !complete();
    ending.quality = quality();
    const auto ended = spool::end_recording(spool_, upload_, ending);
    if (ended.ok() || ended.error().code != ErrorCode::kDigestMismatch) return ended;
  }
  return spool::end_with_what_is_stored(spool_, upload_);
}

}  // namespace ecg::capture
