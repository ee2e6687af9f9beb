// All boundaries of one beat shape: per lead, and for all leads together.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dsp/beats/median.h"
#include "dsp/delineate/boundary.h"
#include "dsp/delineate/waves.h"
#include "dsp/model/models.h"

namespace ecg::dsp {

// One wave of one lead, milliseconds from the R peak.
struct WaveSpan {
  float onset = 0, peak = 0, offset = 0;
};

struct LeadWaves {
  std::optional<WaveSpan> p, qrs, t;
};

struct ShapeWaves {
  Delineation global;            // samples of the median beat at its own sampling frequency
  Delineation found;             // the same by the rule for all leads alone
  std::vector<LeadWaves> leads;  // in the order of the median beat's leads
};

// One training example: where the correction of a boundary starts from, and what it is made from.
struct BoundaryRow {
  int lead = 0;  // of the median beat
  Boundary boundary = Boundary::kPOnset;
  float anchor = 0;  // ms from R
  BoundaryFeatures features{};
};

struct ShapeQuestion {
  std::span<const std::uint8_t> used;  // per lead: 1 = may speak for the others
  double rr = 0;                       // usual distance of beats, samples; 0 if unknown
  Hertz sampling_frequency;
  bool seek_p = true;
};

// Empty when there is no QRS. rows, if given, receives what the models were asked.
std::optional<ShapeWaves> delineate_shape(const MedianBeat& median, const ShapeQuestion& question,
                                          const Models& models, std::vector<BoundaryRow>* rows = nullptr);

// The rows of every shape of a recording with the R peaks of its beats, for the trainer.
struct BoundaryExamples {
  std::vector<SampleIndex> r_peaks;
  std::vector<BoundaryRow> rows;
};
std::vector<BoundaryExamples> boundary_examples(const Recording& recording, const Options& options);

}  // namespace ecg::dsp
