// Every learned part of the analysis in one place, so that an evaluation can put others in their stead.
#pragma once

#include "dsp/analysis.h"
#include "dsp/model/trees.h"
#include "dsp/quality/swap.h"

namespace ecg::dsp {

// The members are named as their tables, dsp/model/<member>.inc.
struct Models {
  // Milliseconds to a boundary of one lead, from where dsp/delineate/boundary.h starts.
  Forest boundary_p_onset = {}, boundary_p_offset = {};
  Forest boundary_qrs_onset = {}, boundary_qrs_offset = {};
  Forest boundary_t_onset = {}, boundary_t_offset = {};
  // Probabilities of statements (dsp/interpret/learned.h).
  Forest statement_lvh = {}, statement_infarction = {}, statement_normal = {};
  Forest shockable = {};  // dsp/rhythm/shock_detector.h
  // Log odds that a hump of the slope is a beat: dsp/detect/qrs_tracker.h.
  Forest qrs_early = {}, qrs_late = {};
  // Log odds of V, S and false detection; see dsp/beats/classify.h.
  Forest beat_class = {};
  // How the shapes of the leads go together where no electrode is exchanged.
  SwapPrior swap_prior = {};
};

// The tables compiled in. They live as long as the program.
const Models& built_in_models();

// analyze() with other tables: cross-validation trains without the recordings it then analyses.
Analysis analyze_with(const Recording& recording, const Options& options, const Models& models);

}  // namespace ecg::dsp
