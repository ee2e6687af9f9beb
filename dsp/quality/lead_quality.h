// How far each lead can be trusted, and the whole tracing with them. Limits in lead_quality.cc.
#pragma once

#include <span>
#include <vector>

#include "dsp/analysis.h"
#include "dsp/filter/channel.h"

namespace ecg::dsp {

// Judges raw, missing, mains_uv and muscle_uv of one channel.
LeadQuality assess_lead(const Channel& channel, Hertz sampling_frequency);

// Share of the lead in decisions over several leads: 1 good, 0.6 degraded, 0 poor.
double weight_of(QualityGrade grade);

// Adds what concerns every lead alike: TOO_SHORT, LOW_SAMPLING.
void add_recording_reasons(std::vector<LeadQuality>& leads, double duration_s, Hertz sampling_frequency);

// kPoor when fewer than half of the leads are usable or there are none; kGood when all leads are good.
QualityGrade overall_grade(std::span<const LeadQuality> leads);

// Whether anything may be concluded at all: the grade is not poor and there is enough to look at.
bool is_readable(std::span<const LeadQuality> leads, double duration_s);

// "LEAD_OFF" ... as clinical.md 7.6 names them.
std::string_view quality_reason_code(QualityReason reason);

}  // namespace ecg::dsp
