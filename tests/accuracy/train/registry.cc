#include "tests/accuracy/train/registry.h"

#include "tests/accuracy/train/beat_class.h"
#include "tests/accuracy/train/boundary.h"
#include "tests/accuracy/train/qrs.h"
#include "tests/accuracy/train/shockable.h"
#include "tests/accuracy/train/statements.h"
#include "tests/accuracy/train/swap.h"

namespace ecg::accuracy {

std::vector<std::unique_ptr<LearnedModel>> learned_models(Library& data) {
  std::vector<std::unique_ptr<LearnedModel>> out;
  for (auto& model : boundary_models(data)) out.push_back(std::move(model));
  for (auto& model : statement_models(data)) out.push_back(std::move(model));
  out.push_back(std::make_unique<ShockableModel>(data));
  for (auto& model : qrs_models(data)) out.push_back(std::move(model));
  out.push_back(beat_class_model(data));
  out.push_back(swap_prior_model(data));
  return out;
}

}  // namespace ecg::accuracy
