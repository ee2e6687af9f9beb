#include <array>

#include "dsp/interpret/rules.h"

namespace ecg::dsp {
namespace {

// Secondary changes of a wide QRS are not told as findings of their own; the graver of two names for one
// thing stays.
constexpr std::array kSuppressions = {
    Suppression{"WPW",
                "CLBBB CRBBB ILBBB IRBBB IVCD LAFB LPFB LVH* RVH BVH STEMI* STE STD TINV TFLAT ST_T IMI "
                "AMI ASMI ALMI LMI PMI SHORT_PR LQT POOR_R LAD RAD ISCHEMIA WELLENS"},
    Suppression{
        "CLBBB",
        "ILBBB IVCD LAFB LPFB LVH* BVH STEMI STEMI_* STE STD TINV TFLAT ST_T IMI AMI ASMI ALMI LMI PMI LQT "
        "POOR_R EREP PERICARDITIS BRUG ISCHEMIA WELLENS HYPERACUTE_T"},
    Suppression{
        "PACED_V",
        "CLBBB CRBBB ILBBB IRBBB IVCD LAFB LPFB BIFASC LVH* RVH BVH STEMI STEMI_* STE STD TINV TFLAT ST_T "
        "IMI AMI ASMI ALMI LMI PMI LQT POOR_R LAD RAD EXTREME_AXIS WPW EREP PERICARDITIS BRUG ISCHEMIA"},
    Suppression{"PACE",
                "CLBBB CRBBB ILBBB IRBBB IVCD LAFB LPFB BIFASC LVH* RVH BVH STEMI STEMI_* STE STD TINV TFLAT "
                "ST_T IMI "
                "AMI ASMI ALMI LMI PMI LQT POOR_R LAD RAD EXTREME_AXIS WPW EREP PERICARDITIS BRUG ISCHEMIA"},
    Suppression{"CRBBB", "IRBBB IVCD RVH PMI WELLENS"},
    Suppression{"IVCD", "LQT"},
    Suppression{"LAFB", "LAD"},
    Suppression{"LPFB", "RAD"},
    Suppression{"LVH", "LVHV"},
    Suppression{"BVH", "LVH RVH"},
    Suppression{"STEMI_INF", "STE IMI STD EREP PERICARDITIS"},
    Suppression{"STEMI_ANT", "STE ASMI AMI POOR_R STD EREP PERICARDITIS TTALL HYPERACUTE_T"},
    Suppression{"STEMI_LAT", "STE ALMI STD EREP PERICARDITIS"},
    Suppression{"STEMI_POST", "STD"},
    Suppression{"DE_WINTER", "STD TTALL HYPERACUTE_T HYPERK"},
    Suppression{"WELLENS", "TINV"},
    Suppression{"PERICARDITIS", "STE EREP"},
    Suppression{"EREP", "STE"},
    Suppression{"BRUG", "STE IRBBB"},
    Suppression{"ALMI", "AMI QABN MI"},
    Suppression{"IMI", "QABN MI"},
    Suppression{"AMI", "QABN MI"},
    Suppression{"PMI", "QABN MI"},
    Suppression{"ASMI", "POOR_R QABN MI"},
    Suppression{"ISCHEMIA", "STD"},
    Suppression{"HYPERK", "TTALL"},
};

}  // namespace

std::span<const Suppression> suppressions() {
  return kSuppressions;
}

}  // namespace ecg::dsp
