#include "tests/accuracy/train/registry.h"

namespace ecg::accuracy {

std::vector<std::unique_ptr<LearnedModel>> learned_models([[maybe_unused]] Library& data) {
  std::vector<std::unique_ptr<LearnedModel>> out;
  return out;
}

}  // namespace ecg::accuracy
