// Ventricular conduction and pre-excitation.
#include <array>

#include "dsp/interpret/rules.h"

namespace ecg::dsp {
namespace {

constexpr std::string_view kAha = "AHA/ACC/HRS 2009 part III";

constexpr std::array kRules = {
    Rule{"WPW-1", "1.0.0", kAha, "WPW", Certainty::kProbable,
         "not known_child and pr_ms <= 120 and qrs_ms >= 105 and qrs_ms <= 160 and "
         "count(I II III aVL aVF V1 V2 V3 V4 V5 V6: .delta_ms >= 24) >= 4"},
    Rule{
        "CLBBB-1", "1.0.0", "AHA/ACC/HRS 2009 part III, duration by Strauss 2011", "CLBBB",
        Certainty::kProbable,
        "qrs_ms >= clbbb_qrs_ms and V1.s_uv > 2.5 * V1.r1_uv and V1.s_uv > 2 * V1.r_uv and V1.s1_ms + "
        "V1.q_ms >= 60 and "
        "I.qrs_area_uvs > 0 and V6.qrs_area_uvs > 0 and I.r_uv > 2 * I.s_uv and V6.r_uv > V6.s_uv and "
        "I.q_uv <= 60 and min(V5.q_uv, V6.q_uv) <= 60 and max(V5.intrinsicoid_ms, V6.intrinsicoid_ms) >= 54"},
    Rule{"CRBBB-1", "1.0.0", kAha, "CRBBB", Certainty::kProbable,
         "qrs_ms >= 120 and V1.r_uv >= 200 and V1.r_uv >= 0.5 * V1.s_uv and V1.intrinsicoid_ms >= 50 and "
         "(I.s1_ms >= 40 or I.terminal_area_uvs < 0) and (V6.s1_ms >= 40 or V6.terminal_area_uvs < 0)"},
    Rule{"CRBBB-2", "1.0.0",
         "the same with a duration within the accuracy of measurement and an unmistakable R'", "CRBBB",
         Certainty::kPossible,
         "qrs_ms >= 110 and V1.r_uv >= 600 and V1.r_uv > V1.s_uv and V1.intrinsicoid_ms >= 60 and "
         "I.s1_ms >= 40 and V6.s1_ms >= 40"},
    Rule{"IVCD-1", "1.0.0", kAha, "IVCD", Certainty::kProbable, "qrs_ms >= 120"},
    Rule{
        "ILBBB-1", "1.0.0", kAha, "ILBBB", Certainty::kPossible,
        "qrs_ms >= 110 and qrs_ms < 120 and V1.s_uv > 3 * V1.r_uv and I.qrs_area_uvs > 0 and I.q_uv < 30 and "
        "V5.q_uv < 30 and V6.q_uv < 30 and max(V5.intrinsicoid_ms, V6.intrinsicoid_ms) >= 60"},
    Rule{"IRBBB-1", "1.0.0", kAha, "IRBBB", Certainty::kProbable,
         "qrs_ms >= 100 and qrs_ms < 118 and max(V1.r2_uv, V2.r2_uv) >= 100 and "
         "max(V1.terminal_area_uvs, V2.terminal_area_uvs) > 0 and I.s_uv >= 100 and V6.s_uv >= 80"},
    Rule{"LAFB-1", "1.0.0", kAha, "LAFB", Certainty::kProbable,
         "left_anterior_pattern and qrs_axis_deg <= -45 and qrs_axis_deg >= -100 and aVL.intrinsicoid_ms >= "
         "40 and "
         "aVL.q_uv >= 30"},
    Rule{"LAFB-2", "1.1.0", "Rosenbaum 1970, Milliken 1983: axis to -30; rS in II, qR in aVL", "LAFB",
         Certainty::kPossible,
         "left_anterior_pattern and II.s_uv > II.r1_uv and aVL.q_uv >= 30 and "
         "min(qrs_axis_deg, qrs_peak_axis_deg) <= -28 and qrs_axis_deg >= -100"},
    Rule{"LAFB-3", "1.1.0", "with right bundle branch block the axis is not its own; qR in aVL", "LAFB",
         Certainty::kPossible, "[CRBBB] and left_anterior_pattern and aVL.q_uv >= 30 and qrs_axis_deg < -30"},
    Rule{"LPFB-1", "1.0.0", kAha, "LPFB", Certainty::kPossible,
         "not arms_swapped and not known_child and qrs_axis_deg >= 100 and qrs_axis_deg <= 180 and qrs_ms < "
         "120 "
         "and I.s_uv > I.r_uv and aVL.s_uv > aVL.r_uv and III.q_uv >= 50 and aVF.q_uv >= 30 and "
         "III.r_uv > 3 * III.q_uv and V1.s_uv > V1.r_uv and II.p_uv < 250"},
    Rule{"BIFASC-1", "1.0.0", kAha, "BIFASC", Certainty::kProbable, "[CRBBB] and ([LAFB] or [LPFB])"},
};

}  // namespace

std::span<const Rule> conduction_rules() {
  return kRules;
}

}  // namespace ecg::dsp
