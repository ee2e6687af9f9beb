#include "dsp/interpret/standard_codes.h"

#include <algorithm>

namespace ecg::dsp {
namespace {

constexpr StandardCodes kCodes[] = {
    {"NORMAL", "NORM", ""},
    {"SR", "SR", "426783006"},
    {"SBRAD", "SBRAD", "426177001"},
    {"STACH", "STACH", "427084000"},
    {"SARRH", "SARRH", "427393009"},
    {"WAP", "", "195101003"},
    {"AT", "", "713422000"},
    {"AFIB", "AFIB", "164889003"},
    {"AFL", "AFLT", "164890007"},
    {"SVT", "SVTAC", "426761007"},
    {"JR", "", "426995002"},
    {"VT", "", "164895002"},
    {"VF", "", "164896001"},
    {"VFL", "", "111288001"},
    {"PAC", "PAC", "284470004"},
    {"PVC", "PVC", "427172004"},
    {"BIGEM", "BIGU", "11157007"},
    {"TRIGEM", "TRIGU", "251180001"},
    {"COUPLET", "", "251182009"},
    {"1AVB", "1AVB", "270492004"},
    {"2AVB1", "2AVB", "54016002"},
    {"2AVB2", "2AVB", "28189009"},
    {"3AVB", "3AVB", "27885002"},
    {"SHORT_PR", "", "49578007"},
    {"WPW", "WPW", "74390002"},
    {"CLBBB", "CLBBB", "733534002"},
    {"ILBBB", "ILBBB", "251120003"},
    {"CRBBB", "CRBBB", "713427006"},
    {"IRBBB", "IRBBB", "713426002"},
    {"LAFB", "LAFB", "445118002"},
    {"LPFB", "LPFB", "445211001"},
    {"IVCD", "IVCD", "698252002"},
    {"LAD", "", "39732003"},
    {"RAD", "", "47665007"},
    {"LOWV", "LVOLT", "251146004"},
    {"POOR_R", "", "365413008"},
    {"LVH", "LVH", "164873001"},
    {"LVHV", "VCLVH", ""},
    {"RVH", "RVH", "89792004"},
    {"LAE", "LAO/LAE", "67741000119109"},
    {"RAE", "RAO/RAE", "446358003"},
    {"MI", "", "164865005"},
    {"IMI", "IMI", ""},
    {"AMI", "AMI", ""},
    {"ASMI", "ASMI", ""},
    {"ALMI", "ALMI", ""},
    {"PMI", "PMI", ""},
    {"QABN", "QWAVE", "164917005"},
    {"STE", "STE_", "164931005"},
    {"STD", "STD_", "429622005"},
    {"ISCHEMIA", "ISC_", "164861001"},
    {"TINV", "INVT", "59931005"},
    {"TFLAT", "LOWT", ""},
    {"ST_T", "NST_", "428750005"},
    {"UWAVE", "", "164937009"},
    {"LQT", "LNGQT", "111975006"},
    {"EREP", "", "428417006"},
    {"BRUG", "", "418818005"},
    {"DIGITALIS", "DIG", ""},
    {"PACED", "PACE", "10370003"},
    {"PACE", "PACE", "10370003"},
};

}  // namespace

std::span<const StandardCodes> standard_codes() {
  return kCodes;
}

const StandardCodes* standard_codes_of(std::string_view code) {
  const auto* found = std::ranges::find(kCodes, code, &StandardCodes::code);
  return found == std::end(kCodes) ? nullptr : found;
}

}  // namespace ecg::dsp
