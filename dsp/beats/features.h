// What is measured of each beat to tell its class: its place in the rhythm, its shape against the patient's
// usual beat, its P wave, and its group. Ratios and correlations throughout, so that neither gain nor lead
// placement matters.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "dsp/beats/cluster.h"
#include "dsp/filter/channel.h"
#include "dsp/signal.h"

namespace ecg::dsp {

// RR intervals are ratios to the local median unless the name says otherwise; over_sinus: to the cycle that
// the sinus node would have. "usual" is the usual beat of the same minutes. One or two leads are read; A is
// the one in which beats repeat better. Group: of the mean of the beat's group instead of the beat; not known
// in the group of what is like nothing else.
enum class BeatFeature : std::uint8_t {
  kRrBefore,
  kRrAfter,
  kRrBeforeOverAfter,
  kRrBeforeOverLast,
  kRrBeforeOverUsual,
  kRrTwoOverUsual,
  kRrLast,
  kRrNext,
  kRrRank,
  kRrOverLongest,
  kRrOverLong,
  kOverSinus,
  kOverSinusBack,
  kOverSinusLeast,
  kAfterOverSinus,
  kLastOverSinus,
  kEarliness,
  kRrScatter,
  kIrregularStep,
  kIrregularShare,
  kQrsLike,
  kQrsLikeA,
  kQrsLikeB,
  kBeginLike,
  kEndLike,
  kWholeLike,
  kQrsSize,
  kQrsSizeA,
  kQrsDistance,
  kWidthMs,
  kWidthMoreMs,
  kSpreadMs,
  kSpreadMoreMs,
  kTDistance,
  kTAgainstQrs,
  kLastTDistance,
  kPLike,
  kPLikeNear,
  kOwnLike,
  kNoise,
  kUsualShareNear,
  kLastUsual,
  kNextUsual,
  kGroupLike,
  kGroupWidthMs,
  kGroupWidthMoreMs,
  kGroupTDistance,
  kGroupPLike,
  kTOverQrs,
  kCount
};
inline constexpr std::size_t kBeatFeatures = static_cast<std::size_t>(BeatFeature::kCount);
extern const std::array<std::string_view, kBeatFeatures> kBeatFeatureNames;

using BeatRow = std::array<float, kBeatFeatures>;  // NaN = could not be measured

struct BeatMeasures {
  std::vector<BeatRow> rows;  // of each beat
  int usual = 0;              // group that stands for the usual beat
  std::vector<float> group_qrs_ms;
};

BeatMeasures measure_beats(std::span<const Channel> channels, const BeatShapes& shapes,
                           Hertz sampling_frequency);

}  // namespace ecg::dsp
