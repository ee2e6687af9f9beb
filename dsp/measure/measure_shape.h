#pragma once

#include <vector>

#include "dsp/delineate/waves.h"
#include "dsp/measure/lead_shape.h"

namespace ecg::dsp {

// beat: one lead of the median beat, microvolts. waves: of the same median beat, over all leads. Finite for
// finite samples.
LeadShape measure_shape(const std::vector<float>& beat, const Delineation& waves, Hertz sampling_frequency);

}  // namespace ecg::dsp
