// One learned part of dsp: how it is trained, and where it goes.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "dsp/model/models.h"
#include "tests/accuracy/train/boosted_trees.h"

namespace ecg::accuracy {

// Derived classes take the Library in their constructor and are listed in registry.cc. A patient is
// Record::patient, so that folds agree between training and scoring.
class LearnedModel {
 public:
  virtual ~LearnedModel() = default;
  // The member of dsp::Models, also dsp/model/<name>.inc, such as "beat_class".
  virtual std::string_view name() const = 0;
  // held_out(patient): that patient's recordings take no part.
  virtual TrainedForest train(const std::function<bool(std::string_view patient)>& held_out) const = 0;
  virtual void install(dsp::Models& models, const dsp::Forest& forest) const = 0;
  // What is called; a model that is not made of trees overrides it. trained outlives models.
  virtual void install_trained(dsp::Models& models, const TrainedForest& trained) const {
    install(models, trained.view());
  }
  // The text of dsp/model/<name>.inc.
  virtual std::string table(const TrainedForest& forest) const = 0;
};

}  // namespace ecg::accuracy
