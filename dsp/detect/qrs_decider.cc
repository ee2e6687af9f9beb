#include "dsp/detect/qrs_decider.h"

#include <algorithm>
#include <numeric>

#include "dsp/filter/basic.h"

namespace ecg::dsp {
namespace {

constexpr double kDominanceMs = 120;
constexpr double kRefractoryMs = 200;
constexpr double kTZoneMs = 360;
constexpr double kLapseMs = 2200;
constexpr float kThresholdShare = 0.22F;
constexpr float kTShare = 0.45F;
constexpr float kNoiseMost = 0.4F;  // of the signal level: small beats must not pass for noise
constexpr double kSearchBackRatio = 1.66;
constexpr std::size_t kIntervals = 8;

}  // namespace

QrsDecider::QrsDecider(Hertz sampling_frequency, float usual_peak, float least_peak)
    : dominance_(samples_of_ms(sampling_frequency, kDominanceMs)),
      refractory_(samples_of_ms(sampling_frequency, kRefractoryMs)),
      t_zone_(samples_of_ms(sampling_frequency, kTZoneMs)),
      lapse_(samples_of_ms(sampling_frequency, kLapseMs)),
      hz_(sampling_frequency.value),
      signal_(std::max(usual_peak, least_peak)),
      noise_(0.1F * signal_),
      least_(least_peak) {}

float QrsDecider::threshold() const {
  return std::max(least_, noise_ + kThresholdShare * (signal_ - noise_));
}

void QrsDecider::push(float feature, std::vector<QrsDecision>& out) {
  if (!has_rising_) {
    valley_ = std::min(valley_, feature);
    if (feature > 1.2F * valley_ + 1e-6F) {
      has_rising_ = true;
      rising_ = {now_, feature};
    }
  } else if (feature > rising_.height) {
    rising_ = {now_, feature};
  } else if (now_ - rising_.at >= dominance_) {
    judge(rising_, out);
    has_rising_ = false;
    valley_ = feature;
  }
  search_back(out);
  const SampleIndex since = now_ - std::max(lapsed_at_, last_ ? last_->at : 0);
  if (since > lapse_) {
    // Nothing for long: what counts as a beat may have become smaller.
    lapsed_at_ = now_;
    signal_ = std::max(least_, signal_ * 0.6F);
    noise_ *= 0.8F;
  }
  ++now_;
}

void QrsDecider::judge(const Peak& peak, std::vector<QrsDecision>& out) {
  const SampleIndex since = last_ ? peak.at - last_->at : t_zone_ + 1;
  if (since < refractory_) return;
  const bool like_t = since < t_zone_ && peak.height < kTShare * last_->height;
  if (peak.height >= threshold() && !like_t) {
    accept(peak, false, out);
    return;
  }
  noise_ += 0.125F * (std::min(peak.height, kNoiseMost * signal_) - noise_);
  if (!like_t && (!missed_ || peak.height > missed_->height)) missed_ = peak;
}

void QrsDecider::accept(const Peak& peak, bool searched_back, std::vector<QrsDecision>& out) {
  // One giant artefact must not lift the level above all beats.
  const float height = std::min(peak.height, 3 * signal_);
  signal_ += (searched_back ? 0.25F : 0.125F) * (height - signal_);
  if (last_) {
    const auto interval = static_cast<float>(peak.at - last_->at);
    if (static_cast<double>(interval) < 2.5 * hz_) {
      if (intervals_.size() < kIntervals) {
        intervals_.push_back(interval);
      } else {
        intervals_[interval_at_] = interval;
      }
      interval_at_ = (interval_at_ + 1) % kIntervals;
    }
  }
  last_ = peak;
  missed_.reset();
  out.push_back({peak.at, peak.height, searched_back});
}

void QrsDecider::search_back(std::vector<QrsDecision>& out) {
  if (!last_ || !missed_ || intervals_.size() < 2) return;
  const float mean =
      std::accumulate(intervals_.begin(), intervals_.end(), 0.0F) / static_cast<float>(intervals_.size());
  if (static_cast<double>(now_ - last_->at) < kSearchBackRatio * static_cast<double>(mean)) return;
  if (missed_->height >= std::max(least_, 0.5F * threshold()) && missed_->at - last_->at >= t_zone_) {
    accept(*missed_, true, out);
  } else {
    missed_.reset();
  }
}

}  // namespace ecg::dsp
