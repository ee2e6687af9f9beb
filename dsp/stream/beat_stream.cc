#include "dsp/stream/beat_stream.h"

#include <algorithm>
#include <cmath>

#include "dsp/detect/detect.h"
#include "dsp/filter/basic.h"

namespace ecg::dsp {
namespace {

// Beats of the first two seconds are placed when these are over; later ones 1.3 s after R.
constexpr double kKeptMs = 3000;
constexpr std::size_t kMostAtOnce = 64;

std::vector<float> least_sums(const std::vector<bool>& calibrated) {
  std::vector<float> least;
  for (const bool known : calibrated) least.push_back(least_qrs_sum(known));
  return least;
}

}  // namespace

BeatStream::BeatStream(Hertz sampling_frequency, const std::vector<bool>& calibrated)
    : rate_(sampling_frequency),
      leads_(calibrated.size()),
      capacity_(static_cast<std::size_t>(2 * samples_of_ms(sampling_frequency, kKeptMs))),
      keep_(samples_of_ms(sampling_frequency, kKeptMs)),
      tracker_(least_sums(calibrated), qrs_models(built_in_models())),
      place_(sampling_frequency),
      intakes_(leads_),
      kept_(leads_ * capacity_),
      block_(leads_ * kQrsBlock) {
  window_.reserve(leads_ * capacity_);
  found_.reserve(kMostAtOnce);
  told_.reserve(kMostAtOnce);
}

std::span<const BeatEvent> BeatStream::push(std::span<const float> frame, std::uint64_t off) {
  told_.clear();
  if (leads_ == 0) return {};
  if (end_ - first_ == static_cast<SampleIndex>(capacity_)) {
    const SampleIndex drop = end_ - first_ - keep_;
    for (std::size_t lead = 0; lead < leads_; ++lead) {
      float* x = kept_.data() + lead * capacity_;
      std::copy(x + drop, x + (end_ - first_), x);
    }
    first_ += drop;
  }
  for (std::size_t lead = 0; lead < leads_; ++lead) {
    const bool is_off = (off >> lead & 1U) != 0;
    kept_[lead * capacity_ + static_cast<std::size_t>(end_ - first_)] =
        intakes_[lead].take(frame[lead], is_off);
  }
  off_ |= off;
  ++end_;
  if (rate_.frames_for(taken_ + kQrsBlock) == end_) take_block();
  return told_;
}

void BeatStream::take_block() {
  for (std::size_t lead = 0; lead < leads_; ++lead) {
    for (int i = 0; i < kQrsBlock; ++i)
      block_[lead * kQrsBlock + static_cast<std::size_t>(i)] = rate_.value(signal(lead), first_, taken_ + i);
  }
  taken_ += kQrsBlock;
  found_.clear();
  tracker_.push(block_, off_, found_);
  off_ = 0;
  for (const QrsBeat& beat : found_) tell(beat);
}

void BeatStream::tell(const QrsBeat& beat) {
  const double frame = rate_.frame_of(beat.at);
  Interval range = place_.wanted(frame, end_);
  range.begin = std::max(range.begin, first_);
  if (range.begin >= range.end) return;
  window_.clear();
  for (std::size_t lead = 0; lead < leads_; ++lead) {
    const float* x = signal(lead) - first_;
    window_.insert(window_.end(), x + range.begin, x + range.end);
  }
  const SampleIndex r = place_.find(beat, frame, range, window_, tracker_.shape_weights());
  if (!beat.provisional) {
    if (r <= last_final_) return;
    last_final_ = r;
  }
  told_.push_back({r, beat.provisional});
}

}  // namespace ecg::dsp
