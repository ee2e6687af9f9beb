// A few leads thinned for the search of atrial waves, with what the ventricles do taken out.
#pragma once

#include <span>
#include <vector>

#include "dsp/analysis.h"
#include "dsp/filter/channel.h"

namespace ecg::dsp {

struct AtrialLead {
  std::vector<float> x;  // microvolts
  Hertz rate;
};

// The wanted leads as far as there are, else the first; each the mean of neighbouring samples of centered.
std::vector<AtrialLead> atrial_leads(std::span<const Channel> channels, std::span<const LeadId> wanted,
                                     Hertz sampling_frequency, double rate_hz);

// R peaks in samples of such a lead.
std::vector<int> beats_at(std::span<const Beat> beats, Hertz sampling_frequency, Hertz rate);

// Takes the median QRS-T off, from 60 ms before R to after_ms behind it, each beat from its level before QRS.
// The median, so that a P wave on some of the T waves stays.
void subtract_ventricles(AtrialLead& lead, std::span<const int> r_peaks, double after_ms);

}  // namespace ecg::dsp
