// Suspicion that the arm electrodes are exchanged. Never excludes any other exchange.
#pragma once

#include <vector>

#include "dsp/delineate/waves.h"

namespace ecg::dsp {

// Leads: the median beat in I, II and V6. True when P and QRS of lead I are turned over while V6 stands
// upright, which dextrocardia with high chest electrodes shares but little else.
bool arms_look_swapped(const std::vector<float>& lead_i, const std::vector<float>& lead_ii,
                       const std::vector<float>& lead_v6, const Delineation& waves);

}  // namespace ecg::dsp
