#include "tests/accuracy/folds.h"

#include <chrono>
#include <cstdio>

namespace ecg::accuracy {

Folds::Folds(const std::vector<std::unique_ptr<LearnedModel>>& models, int folds) {
  for (int f = 0; f < folds; ++f) {
    const auto began = std::chrono::steady_clock::now();
    Fold fold;
    fold.models = dsp::built_in_models();
    for (const auto& model : models) {
      fold.forests.push_back(std::make_unique<TrainedForest>(
          model->train([f, folds](std::string_view patient) { return fold_of(patient, folds) == f; })));
      model->install_trained(fold.models, *fold.forests.back());
    }
    folds_.push_back(std::move(fold));
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;
    std::fprintf(stderr, "fold %d of %d trained in %.1f s\n", f + 1, folds, seconds.count());
  }
}

Analyzer Folds::analyzer() const {
  return [this](const Record& record) {
    const auto fold = static_cast<std::size_t>(fold_of(record.patient, static_cast<int>(folds_.size())));
    return dsp::analyze_with(record.recording, record.options, folds_[fold].models);
  };
}

}  // namespace ecg::accuracy
