#include "dsp/model/models.h"

namespace ecg::dsp {
namespace {

#include "dsp/model/beat_class.inc"
#include "dsp/model/boundary_p_offset.inc"
#include "dsp/model/boundary_p_onset.inc"
#include "dsp/model/boundary_qrs_offset.inc"
#include "dsp/model/boundary_qrs_onset.inc"
#include "dsp/model/boundary_t_offset.inc"
#include "dsp/model/boundary_t_onset.inc"
#include "dsp/model/qrs_early.inc"
#include "dsp/model/qrs_late.inc"
#include "dsp/model/shockable.inc"
#include "dsp/model/statement_infarction.inc"
#include "dsp/model/statement_lvh.inc"
#include "dsp/model/statement_normal.inc"
#include "dsp/model/swap_prior.inc"

}  // namespace

const Models& built_in_models() {
  static constexpr Models kModels{
      .boundary_p_onset = kBoundaryPOnset,
      .boundary_p_offset = kBoundaryPOffset,
      .boundary_qrs_onset = kBoundaryQrsOnset,
      .boundary_qrs_offset = kBoundaryQrsOffset,
      .boundary_t_onset = kBoundaryTOnset,
      .boundary_t_offset = kBoundaryTOffset,
      .statement_lvh = kStatementLvh,
      .statement_infarction = kStatementInfarction,
      .statement_normal = kStatementNormal,
      .shockable = kShockable,
      .qrs_early = kQrsEarly,
      .qrs_late = kQrsLate,
      .beat_class = kBeatClass,
      .swap_prior = {.qrs_t = {kSwapQrsTMean, kSwapQrsTWhitening}, .p = {kSwapPMean, kSwapPWhitening}},
  };
  return kModels;
}

}  // namespace ecg::dsp
