#include "dsp/detect/qrs_features.h"

#include <algorithm>
#include <array>

namespace ecg::dsp {
namespace {

struct Feature {
  const char* name;
  int direction = 0;
};

// Heights are multiples of an ordinary beat's slope sum, times analysis samples, intervals multiples of the
// running RR. "like" is the correlation with a learnt shape, "size" the scale against it.
constexpr std::array<Feature, kQrsEarlyFeatures + kQrsLateFeatures> kFeatures = {{
    {"height", 1},
    {"height over refused", 1},
    {"unrest before", -1},
    {"valley before", -1},
    {"slow slope"},
    {"bend"},
    {"steepest"},
    {"range over slope"},
    {"like a beat", 1},
    {"size of beat"},
    {"beats of shape", 1},
    {"shift"},
    {"like the usual beat", 1},
    {"size of usual"},
    {"like the last beat", 1},
    {"time since beat"},
    {"interval since beat"},
    {"height over last beat", 1},
    {"score of last beat"},
    {"time since candidate"},
    {"height over candidate", 1},
    {"running RR"},
    {"irregularity"},
    {"height refused"},
    {"unrest"},
    {"slow slope over beats", 1},
    {"range over beats", 1},
    {"last interval"},
    {"interval over last"},
    {"like a refused one", -1},
    {"size of refused"},
    {"refused of shape"},
    {"like beat less refused", 1},
    {"same shape as last"},
    {"early score", 1},
    {"time since final beat"},
    {"interval since final beat"},
    {"score of final beat"},
    {"height over final beat", 1},
    {"best refused score", -1},
    {"time since refused"},
    {"height over refused one", 1},
    {"score within refractory", -1},
    {"height within refractory", -1},
    {"time within refractory"},
    {"score until T", -1},
    {"height until T", -1},
    {"time until T"},
    {"score later"},
    {"height later"},
    {"time later"},
    {"score of next beat"},
    {"time to next beat"},
    {"interval to next beat"},
    {"height of next beat"},
    {"interval last to next"},
    {"place between"},
    {"time next to one after"},
    {"last to next over after"},
    {"unrest after", -1},
    {"unrest long before"},
    {"running RR again"},
    {"last final interval"},
    {"interval over last final"},
    {"irregularity again"},
    {"same shape as next"},
    {"same shape as final"},
    {"final like next"},
    {"next over last interval"},
    {"last to next over interval"},
}};

}  // namespace

std::vector<std::string> qrs_feature_names(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < std::min(count, kFeatures.size()); ++i) names.emplace_back(kFeatures[i].name);
  return names;
}

std::vector<int> qrs_feature_directions(std::size_t count) {
  std::vector<int> directions;
  for (std::size_t i = 0; i < std::min(count, kFeatures.size()); ++i)
    directions.push_back(kFeatures[i].direction);
  return directions;
}

}  // namespace ecg::dsp
