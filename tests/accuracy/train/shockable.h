// Whether five seconds of one lead show ventricular fibrillation, flutter or tachycardia.
#pragma once

#include "tests/accuracy/data/library.h"
#include "tests/accuracy/train/model.h"

namespace ecg::accuracy {

// Trained on vfdb and cudb against all other recordings. Rows are gathered once, when first needed.
class ShockableModel : public LearnedModel {
 public:
  explicit ShockableModel(Library& data) : data_(data) {}
  std::string_view name() const override { return "shockable"; }
  TrainedForest train(const std::function<bool(std::string_view patient)>& held_out) const override;
  void install(dsp::Models& models, const dsp::Forest& forest) const override { models.shockable = forest; }
  std::string table(const TrainedForest& forest) const override;

 private:
  const Rows& rows() const;

  Library& data_;
  mutable Rows rows_;
};

}  // namespace ecg::accuracy
