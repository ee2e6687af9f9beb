// Every learned part of dsp that can be trained.
#pragma once

#include <memory>
#include <vector>

#include "tests/accuracy/data/library.h"
#include "tests/accuracy/train/model.h"

namespace ecg::accuracy {

// data outlives the models.
std::vector<std::unique_ptr<LearnedModel>> learned_models(Library& data);

}  // namespace ecg::accuracy
