// From what is wrong with leads to which electrode a nurse must press.
#pragma once

#include <cstdint>
#include <vector>

#include "ecg/v1/clinic.pb.h"

#include "dsp/analysis.h"

namespace ecg::capture {

// The ten electrodes in the order RA LA RL LL V1..V6 (those whose lead is not recorded are left out).
// leads and quality are in the format's order; lead_off: bit i set = lead i has no contact now.
// A limb electrode is judged from I, II and III (Einthoven); a limb electrode off takes the chest leads'
// reference with it, so chest electrodes are then "unspecified". RL cannot be judged from signals: it follows
// the others.
std::vector<ecg::v1::Electrode> judge_electrodes(const std::vector<dsp::StreamLead>& leads,
                                                 const std::vector<dsp::LeadQuality>& quality,
                                                 std::uint32_t lead_off);

// Fills instruction_code and instruction_electrode from the electrodes: the first one off, else a suspected
// swap, else noise ("wait"), else "ready".
void instruct(ecg::v1::DeviceQuality& quality);

}  // namespace ecg::capture
