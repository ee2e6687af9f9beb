// The scores behind left ventricular hypertrophy, infarction and "normal ECG".
#pragma once

#include <memory>
#include <vector>

#include "tests/accuracy/data/library.h"
#include "tests/accuracy/train/model.h"

namespace ecg::accuracy {

// One model per score; data outlives them.
std::vector<std::unique_ptr<LearnedModel>> statement_models(Library& data);

}  // namespace ecg::accuracy
