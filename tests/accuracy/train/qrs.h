// The judges of the QRS detector: trained on the marked beats of mitdb and ludb.
#pragma once

#include <memory>
#include <vector>

#include "tests/accuracy/data/library.h"
#include "tests/accuracy/train/model.h"

namespace ecg::accuracy {

// qrs_early and qrs_late, which is trained behind the former.
std::vector<std::unique_ptr<LearnedModel>> qrs_models(Library& data);

}  // namespace ecg::accuracy
