// The correction of wave boundaries: trained on the marks of cardiologists in every lead (ludb).
#pragma once

#include <memory>
#include <vector>

#include "tests/accuracy/data/library.h"
#include "tests/accuracy/train/model.h"

namespace ecg::accuracy {

// One model per boundary, in the order of dsp::Boundary.
std::vector<std::unique_ptr<LearnedModel>> boundary_models(Library& data);

}  // namespace ecg::accuracy
