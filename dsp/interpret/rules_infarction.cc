// Acute and old infarction, their equivalents, and what ST tells of ischaemia.
#include <array>

#include "dsp/interpret/rules.h"

namespace ecg::dsp {
namespace {

constexpr std::string_view kUdmi = "Fourth Universal Definition of MI 2018";
constexpr std::string_view kAcc = "ACC consensus 2022, acute chest pain";

constexpr std::array kRules = {
    // Left bundle branch block and ventricular pacing have ST rules of their own.
    Rule{"SGARBOSSA-1", "1.0.0", "Sgarbossa 1996, Smith 2012", "SGARBOSSA", Certainty::kProbable,
         "([CLBBB] or [PACED_V] or [PACE]) and "
         "(count(I II aVL V4 V5 V6 III aVF: .qrs_area_uvs > 0 and .st_j_uv >= 100 and .r_uv > .s_uv) >= 1 or "
         "count(V1 V2 V3: .qrs_area_uvs < 0 and .st_j_uv <= -100) >= 1 or "
         "count(V1 V2 V3 V4 II III aVF: .st_j_uv >= 150 and .st_j_uv >= 0.25 * .s_uv and .s_uv > .r_uv) >= "
         "2)"},

    Rule{"STEMI_INF-1", "1.0.0", kUdmi, "STEMI_INF", Certainty::kProbable,
         "not wide_other and not arms_swapped and count(II III aVF: .st_j_uv >= 100) >= 2 and "
         "(aVL.st_j_uv <= -50 or I.st_j_uv <= -50 or count(V1 V2 V3: .st_j_uv <= -50) >= 1)",
         true},
    Rule{"STEMI_ANT-1", "1.1.0", "Fourth Universal Definition of MI 2018, score by Driver and Smith 2017",
         "STEMI_ANT", Certainty::kProbable,
         "not wide_other and not [!LVH] and "
         "run(V1 V2 V3 V4 V5: .st_j_uv >= 100 and .st_j60_uv >= 100) >= 3 and ste_v2v3 >= 1 and "
         "(count(II III aVF: .st_j_uv <= -50) >= 1 or "
         "(anterior_score >= 18.2 and count(V2 V3 V4: .st_bend_uv >= 0) >= 2) or "
         "count(V1 V2 V3 V4: .st_j_uv >= 300) >= 2 or count(V2 V3 V4: .qs) >= 2)",
         true},
    Rule{"STEMI_LAT-1", "1.0.0", kUdmi, "STEMI_LAT", Certainty::kProbable,
         "not wide_other and not arms_swapped and count(I aVL V5 V6: .st_j_uv >= 100) >= 2 and "
         "count(II III aVF: .st_j_uv <= -50) >= 1",
         true},
    Rule{"STEMI_RV-1", "1.0.0", kUdmi, "STEMI_RV", Certainty::kProbable,
         "[STEMI_INF] and count(V3R V4R: .st_j_uv >= ste_right_uv) >= 1", true},
    Rule{"STEMI_POST-1", "1.0.0", "ACC consensus 2022; V7-V9 by the Fourth Universal Definition",
         "STEMI_POST", Certainty::kProbable,
         "not wide_other and count(V7 V8 V9: .st_j_uv >= ste_v7v9_uv) >= 2", true},
    Rule{"STEMI_POST-2", "1.0.0", kAcc, "STEMI_POST", Certainty::kProbable,
         "not wide_other and not [CRBBB] and not [RVH] and count(V1 V2 V3 V4: .st_j_uv <= -80 and "
         ".st_j60_uv <= -80 and .t_pos_uv > 100) >= 2 and V2.r_uv > V2.s_uv and V2.r1_ms > 30"},
    Rule{"DE_WINTER-1", "1.0.0", kAcc, "DE_WINTER", Certainty::kProbable,
         "not wide_other and rate_bpm < 130 and run(V1 V2 V3 V4 V5 V6: .st_j_uv <= -80 and .st_slope_uv_s > "
         "800 and "
         ".t_pos_uv >= 500) >= 2"},
    Rule{"PERICARDITIS-1", "1.0.0", "ESC 2015: ST elevation in most leads, depression in aVR", "PERICARDITIS",
         Certainty::kPossible,
         "not wide_other and not [LVH] and count(I II aVF V2 V3 V4 V5 V6: .st_j_uv >= 60 and .st_bend_uv <= "
         "10) >= 6 and "
         "aVR.st_j_uv <= -50 and aVL.st_j_uv > -30 and V6.st_j_uv >= 0.25 * V6.t_pos_uv"},
    Rule{"STEMI_INF-2", "1.0.0", kUdmi, "STEMI_INF", Certainty::kPossible,
         "not wide_other and not [LVH] and not [PERICARDITIS] and not arms_swapped and "
         "count(II III aVF: .st_j_uv >= 100 and .st_j60_uv >= 100) >= 2 and II.t_pos_uv < 6 * II.st_j_uv",
         true},
    Rule{"STEMI_ANT-2", "1.0.0", kUdmi, "STEMI_ANT", Certainty::kPossible,
         "not wide_other and not [LVH] and ste_v2v3 >= 2 and run(V1 V2 V3 V4: .st_j_uv >= 100 and "
         ".st_j60_uv >= 150) >= 2 and count(V2 V3 V4: .qs or .t_end_inverted) >= 1",
         true},
    Rule{"STEMI_ANT-3", "1.1.0", kUdmi, "STEMI_ANT", Certainty::kPossible,
         "not wide_other and not [LVH] and anterior_score >= 18.2 and V1.st_j_uv >= 100 and V2.st_j_uv >= "
         "ste_v2v3_uv and V1.st_j60_uv "
         ">= 100 and "
         "V2.st_j60_uv >= 150 and (count(I II aVF V5 V6: .st_j_uv <= -30) >= 1 or V1.st_bend_uv > 0)",
         true},
    Rule{"STEMI_ANT-4", "1.0.0", "recent anterior infarction: Q waves, ST still raised, T turning",
         "STEMI_ANT", Certainty::kPossible,
         "not wide_other and run(V1 V2 V3 V4: (.qs or .q_ms >= 30) and .st_j60_uv >= 80) >= 2 and "
         "count(V2 V3 V4 V5: .t_neg_uv >= 60) >= 2"},
    Rule{"HYPERACUTE_T-1", "1.0.0", kAcc, "HYPERACUTE_T", Certainty::kPossible,
         "not wide_other and not [LVH] and not [STEMI*] and run(V2 V3 V4 V5: .t_pos_uv >= 1.2 * .qrs_uv and "
         ".t_pos_uv >= 500) >= 2"},
    Rule{"WELLENS-1", "1.0.0", "de Zwaan 1982", "WELLENS", Certainty::kPossible,
         "not wide_other and not [LVH] and not [CRBBB] and not [STEMI*] and V2.r_uv >= 100 and V3.r_uv >= "
         "100 and "
         "count(V2 V3: .t_neg_uv >= 200 and .st_j_uv > -50 and .st_j_uv < 100) >= 2 and V4.t_neg_uv >= 100"},
    Rule{"BRUG-1", "1.0.0", "HRS/EHRA/APHRS 2013, type 1", "BRUG", Certainty::kPossible,
         "not [CLBBB] and not [PACE*] and count(V1 V2: .st_j_uv >= 200 and .st_j_uv > .st_j40_uv and "
         ".st_j40_uv > .st_j80_uv and .t_neg_uv >= 50) >= 1"},

    Rule{"IMI-1", "1.1.0", kUdmi, "IMI", Certainty::kProbable,
         "not foreign_q and not arms_swapped and count(II III aVF: .q_ms >= 30 and .q_uv >= 100 and "
         ".q_uv >= 0.25 * .r_uv) >= 2 and aVF.q_ms >= 30"},
    Rule{"IMI-2", "1.1.0", "Minnesota 1-2", "IMI", Certainty::kPossible,
         "not foreign_q and not arms_swapped and aVF.qs and III.qs and II.q_uv >= 50 and not [LAFB]"},
    Rule{"ASMI-1", "1.1.0", kUdmi, "ASMI", Certainty::kProbable,
         "not foreign_q and count(V2 V3: .qs or (.q_ms >= 20 and .q_uv >= 50)) >= 1 and "
         "run(V1 V2 V3 V4: .qs or (.q_ms >= 20 and .q_uv >= 50)) >= 2"},
    Rule{"ALMI-1", "1.1.0", kUdmi, "ALMI", Certainty::kProbable,
         "not foreign_q and not arms_swapped and count(I aVL V5 V6: .q_ms >= 30 and .q_uv >= 100 and "
         ".q_uv >= 0.25 * .r_uv) >= 2"},
    Rule{"AMI-1", "1.1.0", kUdmi, "AMI", Certainty::kProbable,
         "not foreign_q and run(V4 V5 V6: .q_ms >= 30 and .q_uv >= 100 and .q_uv >= 0.25 * .r_uv) >= 2"},
    Rule{"ASMI-2", "1.0.0", "R loss from V1 to V3", "ASMI", Certainty::kPossible,
         "not wide_other and not [LVH] and V3.r_uv < 150 and V3.r_uv < V2.r_uv and V3.s_uv > 300"},
    Rule{"PMI-1", "1.1.0",
         "Fourth Universal Definition of MI 2018; tall R alone is too common in the healthy", "PMI",
         Certainty::kPossible,
         "not wide_other and not [CRBBB] and not [RVH] and not [IRBBB] and V1.r1_ms >= 40 and V2.r1_ms >= 40 "
         "and "
         "V1.r_uv >= V1.s_uv and V2.r_uv >= V2.s_uv and V2.t_pos_uv > 200 and "
         "count(II III aVF I aVL V5 V6: .q_ms >= 30 and .q_uv >= 100) >= 1"},

    Rule{"MI-SCORE", "1.1.0", "learned from labelled recordings; CV figures in docs/clinical/algorithms.md",
         "MI", Certainty::kPossible,
         "not foreign_q and not [IMI] and not [AMI] and not [ASMI] and not [ALMI] and not [PMI] and not "
         "[STEMI*] and "
         "infarction_score >= 0.25"},

    Rule{"EREP-1", "1.0.0", "Macfarlane 2015", "EREP", Certainty::kPossible,
         "not wide_other and not [STEMI*] and qrs_ms < 120 and (count(II III aVF: .j_wave_uv >= 100) >= 2 or "
         "count(I aVL V4 V5 V6: .j_wave_uv >= 100) >= 2)"},
    Rule{"STE-1", "1.0.0", kUdmi, "STE", Certainty::kPossible,
         "not wide_other and not [STEMI*] and not [EREP] and not [PERICARDITIS] and "
         "(ste_v2v3 >= 2 or count(II III aVF: .st_j_uv >= 100) >= 2 or count(I aVL V5 V6: .st_j_uv >= 100) "
         ">= 2)",
         true},
    Rule{"STD-1", "1.0.0", kUdmi, "STD", Certainty::kPossible,
         "count(I II aVL aVF III V4 V5 V6 V3: .st_j_uv <= -50 and .st_j60_uv <= -50) >= 2 and not "
         "[DE_WINTER]"},
    Rule{"ISCHEMIA-1", "1.0.0", "ST depression in many leads with elevation in aVR", "ISCHEMIA",
         Certainty::kProbable,
         "not wide_other and aVR.st_j_uv >= 50 and count(I II aVL aVF III V3 V4 V5 V6: "
         ".st_j_uv <= -100 and .st_j60_uv <= -100) >= 6"},
};

}  // namespace

std::span<const Rule> infarction_rules() {
  return kRules;
}

}  // namespace ecg::dsp
