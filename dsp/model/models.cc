#include "dsp/model/models.h"

namespace ecg::dsp {

const Models& built_in_models() {
  static constexpr Models kModels{};
  return kModels;
}

}  // namespace ecg::dsp
