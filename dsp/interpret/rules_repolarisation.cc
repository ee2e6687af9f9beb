// T wave, QT and what resembles a disturbance of electrolytes.
#include <array>

#include "dsp/interpret/rules.h"

namespace ecg::dsp {
namespace {

constexpr std::string_view kAha = "AHA/ACC/HRS 2009 part IV";

constexpr std::array kRules = {
    Rule{"LQT-1", "1.0.0", kAha, "LQT", Certainty::kProbable, "qrs_ms < 120 and qtc_fridericia_ms >= 500"},
    Rule{"LQT-2", "1.0.0", kAha, "LQT", Certainty::kPossible,
         "qrs_ms < 120 and qtc_fridericia_ms >= long_qtc_ms", true},
    Rule{"SQT-1", "1.0.0", "HRS/EHRA/APHRS 2013", "SQT", Certainty::kPossible,
         "qtc_fridericia_ms <= 330 and rate_bpm < 100"},
    Rule{"TINV-1", "1.0.0", kAha, "TINV", Certainty::kProbable,
         "not wide_other and not known_child and count(I II aVL aVF V3 V4 V5 V6: .t_uv <= -100 and .r_uv > "
         ".s_uv) >= 2"},
    Rule{"TTALL-1", "1.0.0", "T above 1 mV in the chest leads, narrow", "TTALL", Certainty::kPossible,
         "not wide_other and run(V2 V3 V4 V5: .t_pos_uv >= 1000) >= 2"},
    Rule{"HYPERK-1", "1.0.0", "tall narrow T with a broad QRS or a flat P", "HYPERK", Certainty::kPossible,
         "run(V2 V3 V4 V5: .t_pos_uv >= 1000 and .t_symmetry > 0.7 and .t_symmetry < 1.4) >= 2 and qrs_ms >= "
         "110"},
    Rule{"TFLAT-1", "1.0.0", "T below a twentieth of R", "TFLAT", Certainty::kPossible,
         "not wide_other and not [TINV] and count(I II V4 V5 V6: abs(.t_uv) < 0.05 * .r_uv and .r_uv > 400) "
         ">= 3"},
    Rule{"ST_T-1", "1.0.0", kAha, "ST_T", Certainty::kPossible,
         "not wide_other and not [TINV] and not [TFLAT] and not [STD] and count(I II aVL V4 V5 V6: "
         ".t_uv < 0.1 * .r_uv and .r_uv > 400) >= 3"},
    Rule{"PE-1", "1.0.0", "McGinn and White 1935: S1 Q3 T3", "PE", Certainty::kPossible,
         "not arms_swapped and not wide_other and rate_bpm > 100 and I.s_uv >= 150 and III.q_uv >= 150 and "
         "III.t_neg_uv >= 100 and V1.t_neg_uv >= 100"},
};

}  // namespace

std::span<const Rule> repolarisation_rules() {
  return kRules;
}

}  // namespace ecg::dsp
