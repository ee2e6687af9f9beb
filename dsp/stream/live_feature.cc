#include "dsp/stream/live_feature.h"

#include <algorithm>

#include "dsp/filter/basic.h"

namespace ecg::dsp {
namespace {

constexpr std::size_t kPastSeconds = 10;
constexpr SampleIndex kLearnSeconds = 2;

}  // namespace

LiveDetector::LiveDetector(Hertz sampling_frequency, std::vector<bool> calibrated)
    : fs_(sampling_frequency),
      calibrated_(std::move(calibrated)),
      slopes_(calibrated_.size(), QrsSlope(sampling_frequency)),
      current_(calibrated_.size(), 0),
      highest_(calibrated_.size(), 0),
      past_(calibrated_.size()),
      usual_(calibrated_.size(), 0),
      second_(samples_of_ms(sampling_frequency, 1000)),
      mean_(qrs_feature_width(sampling_frequency)) {}

void LiveDetector::push(std::span<const float> frame, std::span<const double> weights,
                        std::vector<QrsDecision>& out) {
  for (std::size_t lead = 0; lead < slopes_.size(); ++lead) {
    current_[lead] = slopes_[lead].push(frame[lead]);
    highest_[lead] = std::max(highest_[lead], current_[lead]);
  }
  ++frames_;
  if (!decider_) waiting_.insert(waiting_.end(), current_.begin(), current_.end());
  if (frames_ % second_ == 0) end_second();
  if (decider_) {
    decider_->push(mean_.push(fuse(current_, weights)), out);
  } else if (frames_ == kLearnSeconds * second_) {
    begin_deciding(weights, out);
  }
}

float LiveDetector::fuse(std::span<const float> slopes, std::span<const double> weights) {
  double sum = 0, total = 0;
  for (std::size_t lead = 0; lead < slopes.size(); ++lead) {
    if (weights[lead] <= 0 || usual_[lead] <= 0) continue;
    sum += weights[lead] * std::min(static_cast<double>(slopes[lead]) / usual_[lead], 2.5);
    total += weights[lead];
  }
  return total > 0 ? static_cast<float>(sum / total) : 0;
}

// Beats may be two seconds apart, so the usual slope is the median over pairs of seconds.
void LiveDetector::end_second() {
  std::vector<float> pairs;
  for (std::size_t lead = 0; lead < past_.size(); ++lead) {
    std::vector<float>& past = past_[lead];
    past.push_back(highest_[lead]);
    if (past.size() > kPastSeconds) past.erase(past.begin());
    highest_[lead] = 0;
    pairs.clear();
    for (std::size_t k = 1; k < past.size(); ++k) pairs.push_back(std::max(past[k - 1], past[k]));
    usual_[lead] = static_cast<double>(pairs.empty() ? past.back() : quantile(pairs, 0.5));
    if (calibrated_[lead]) usual_[lead] = std::max(usual_[lead], kLeastQrsSlope);
  }
}

float LiveDetector::least_peak(std::span<const double> weights) const {
  double floor = 0, total = 0;
  for (std::size_t lead = 0; lead < usual_.size(); ++lead) {
    if (weights[lead] <= 0 || usual_[lead] <= 0) continue;
    total += weights[lead];
    if (calibrated_[lead]) floor += weights[lead] * kLeastQrsSlope / usual_[lead];
  }
  return total > 0 ? std::max(kLeastPeakShare, kLeastPeakOfFloor * static_cast<float>(floor / total))
                   : kLeastPeakOfFloor;
}

void LiveDetector::begin_deciding(std::span<const double> weights, std::vector<QrsDecision>& out) {
  const std::size_t leads = slopes_.size();
  std::vector<float> feature;
  float highest = 0;
  for (std::size_t at = 0; at + leads <= waiting_.size(); at += leads) {
    feature.push_back(mean_.push(fuse({waiting_.data() + at, leads}, weights)));
    highest = std::max(highest, feature.back());
  }
  decider_.emplace(fs_, highest, least_peak(weights));
  for (float value : feature) decider_->push(value, out);
  waiting_.clear();
  waiting_.shrink_to_fit();
}

}  // namespace ecg::dsp
