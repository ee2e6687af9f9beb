// The classes of beats: trained on the arrhythmia records of mitdb.
#pragma once

#include <memory>

#include "tests/accuracy/data/library.h"
#include "tests/accuracy/train/model.h"

namespace ecg::accuracy {

std::unique_ptr<LearnedModel> beat_class_model(Library& data);

}  // namespace ecg::accuracy
