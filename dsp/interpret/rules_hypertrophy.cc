// Axis, voltage, hypertrophy, atria.
#include <array>

#include "dsp/interpret/rules.h"

namespace ecg::dsp {
namespace {

constexpr std::string_view kAxis = "AHA/ACC/HRS 2009 part III";
constexpr std::string_view kAha = "AHA/ACC/HRS 2009 part V";

constexpr std::array kRules = {
    Rule{"LAD-1", "1.0.0", kAxis, "LAD", Certainty::kProbable,
         "not arms_swapped and qrs_axis_deg < -30 and qrs_axis_deg >= -90"},
    Rule{"RAD-1", "1.0.0", kAxis, "RAD", Certainty::kProbable,
         "not arms_swapped and not known_child and qrs_axis_deg > 90 and qrs_axis_deg <= 180"},
    Rule{"EXTREME_AXIS-1", "1.0.0", kAxis, "EXTREME_AXIS", Certainty::kProbable,
         "not arms_swapped and qrs_axis_deg < -90"},
    Rule{"LVH-STRAIN", "1.0.0", "voltage with secondary ST-T changes (Romhilt and Estes 1968)", "LVH",
         Certainty::kProbable,
         "not known_child and not wide_other and strain and (sokolow_uv > 3500 or cornell_uv > "
         "cornell_limit_uv or "
         "peguero_uv >= peguero_limit_uv or aVL.r_uv > 1100)"},
    Rule{"LVH-SCORE", "1.0.0", "learned from labelled recordings; CV figures in docs/clinical/algorithms.md",
         "LVH", Certainty::kPossible, "not known_child and not wide_other and lvh_score >= 0.2"},
    Rule{"LVHV-SOKOLOW", "1.0.0", "Sokolow and Lyon 1949; higher in the young", "LVHV", Certainty::kProbable,
         "not known_child and not wide_other and sokolow_uv > sokolow_limit_uv"},
    Rule{"LVHV-CORNELL", "1.0.0", "Casale 1985", "LVHV", Certainty::kProbable,
         "not known_child and not wide_other and cornell_uv > cornell_limit_uv"},
    Rule{"LVHV-PEGUERO", "1.0.0", "Peguero 2017", "LVHV", Certainty::kPossible,
         "not known_child and not wide_other and not [CRBBB] and peguero_uv >= peguero_limit_uv"},
    Rule{"LVHV-AVL", "1.0.0", kAha, "LVHV", Certainty::kProbable,
         "not known_child and not wide_other and not [LAFB] and aVL.r_uv > 1100"},
    Rule{"RVH-1", "1.0.0", kAha, "RVH", Certainty::kProbable,
         "not arms_swapped and not known_child and not wide_other and not [CRBBB] and qrs_axis_deg > 100 and "
         "qrs_axis_deg <= 180 and V1.r_uv >= V1.s_uv and V1.r_uv >= 600 and V5.s_uv + V6.s_uv >= 500"},
    Rule{"RVH-2", "1.0.0", "Sokolow and Lyon 1949: R in V1 with S in V5 or V6", "RVH", Certainty::kPossible,
         "not arms_swapped and not known_child and not wide_other and not [CRBBB] and qrs_axis_deg > 90 and "
         "qrs_axis_deg <= 180 and V1.r_uv + max(V5.s_uv, V6.s_uv) > 1050 and V1.r_uv > 500"},
    Rule{"BVH-1", "1.0.0", kAha, "BVH", Certainty::kPossible, "[LVH] and [RVH]"},
    Rule{"LAE-1", "1.0.0", "Morris 1964: terminal force in V1; P of at least 120 ms", "LAE",
         Certainty::kProbable, "p_ms >= 120 and V1.p_terminal_mm_ms >= 50"},
    Rule{"RAE-1", "1.0.0", kAha, "RAE", Certainty::kProbable,
         "II.p_uv > 250 or V1.p_uv > 150 and II.p_uv > 150"},
    Rule{"LOWV-1", "1.0.0", kAha, "LOWV", Certainty::kProbable, "largest_limb_qrs_uv < 500"},
    Rule{"POOR_R-1", "1.0.0", "R in V3 of at most 0.3 mV (Zema 1979)", "POOR_R", Certainty::kPossible,
         "not wide_other and V3.r_uv <= 300 and V2.r_uv <= V3.r_uv and V3.s_uv > V3.r_uv"},
};

}  // namespace

std::span<const Rule> hypertrophy_rules() {
  return kRules;
}

}  // namespace ecg::dsp
