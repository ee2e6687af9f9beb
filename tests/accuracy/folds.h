// Cross-validation: every recording analysed with tables that were trained without its patient.
#pragma once

#include <memory>
#include <vector>

#include "dsp/model/models.h"
#include "tests/accuracy/score/report.h"
#include "tests/accuracy/train/model.h"

namespace ecg::accuracy {

class Folds {
 public:
  // Trains every model once per fold; takes as long as that takes.
  Folds(const std::vector<std::unique_ptr<LearnedModel>>& models, int folds);

  // This outlives it.
  Analyzer analyzer() const;

 private:
  struct Fold {
    std::vector<std::unique_ptr<TrainedForest>> forests;
    dsp::Models models;
  };
  std::vector<Fold> folds_;
};

}  // namespace ecg::accuracy
