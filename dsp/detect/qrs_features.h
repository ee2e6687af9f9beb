// What the trees of the QRS detector are told about a candidate.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace ecg::dsp {

inline constexpr int kQrsEarlyFeatures = 34;  // from what came before
inline constexpr int kQrsLateFeatures = 36;   // from what follows, in addition

// Names of the first `count` features: the early ones, then the late ones.
std::vector<std::string> qrs_feature_names(std::size_t count);

// +1 where a beat can only become more likely as the feature grows, -1 where only less, else 0. Keeps the
// trees from learning the habits of single recordings.
std::vector<int> qrs_feature_directions(std::size_t count);

}  // namespace ecg::dsp
