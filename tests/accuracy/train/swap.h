// How the shapes of the eight independent leads go together in correctly connected recordings.
#pragma once

#include <memory>

#include "tests/accuracy/data/library.h"
#include "tests/accuracy/train/model.h"

namespace ecg::accuracy {

std::unique_ptr<LearnedModel> swap_prior_model(Library& data);

}  // namespace ecg::accuracy
