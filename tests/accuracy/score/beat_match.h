// Beats against reference beats by the rules of ANSI/AAMI EC57, paired as WFDB's bxb pairs them.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "tests/accuracy/data/annotations.h"
#include "tests/accuracy/score/report.h"

namespace ecg::accuracy {

// EC57: a detection within 150 ms of a beat is that beat; the first five minutes are for learning.
inline constexpr double kMatchS = 0.15, kLearningS = 300;

struct ScoredBeats {
  std::string record;
  int paired = 0, missed = 0, extra = 0;
  std::vector<double> errors_ms;  // detection minus reference, of the pairs
  // Counts by class letter of reference and detection, N S V F Q or '-' for none.
  std::array<std::array<int, 6>, 6> classes{};
};

// What lies before start_s or within ventricular flutter or fibrillation ('[' to ']') is not counted. The
// record's annotations are read from its .atr file.
ScoredBeats score_beats(const Record& record, std::span<const dsp::Beat> beats, double start_s);

// Sums over records, worst records by name.
struct BeatSummary {
  double sensitivity = 0, predictive_value = 0, error_rate = 0, f1 = 0;  // percent
  double timing_rms_ms = 0;  // after each record's median offset has been taken away
  std::string text;
};
BeatSummary summarize(const std::vector<ScoredBeats>& records);

// One line per record.
std::string record_lines(const std::vector<ScoredBeats>& records);

// Sensitivity and positive predictive value of one class, EC57 table rules: beats of the classes in forgiven
// are no false alarms.
struct ClassScore {
  double sensitivity = 0, predictive_value = 0;  // percent
  std::string text;
};
ClassScore score_class(const std::vector<ScoredBeats>& records, const char* name, dsp::BeatClass wanted,
                       std::string_view forgiven);

}  // namespace ecg::accuracy
