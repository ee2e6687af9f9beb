// Whether the declared sensitivities of the limb leads can be true.
#pragma once

#include <optional>

#include "dsp/signal.h"

namespace ecg::dsp {

// Some exports scale each lead to its own range and declare that as its sensitivity, while the stored numbers
// still are those of the device. It shows where I + III = II (Einthoven) fails in microvolts and holds in the
// numbers themselves. Then: the usual device sensitivity nearest to the declared ones, microvolts per LSB,
// for all leads. Empty where nothing speaks against the declared ones, or I, II and III are not all stored.
std::optional<double> sensitivity_in_their_stead(const Recording& recording);

}  // namespace ecg::dsp
