// The names that rules may use, and the limits that depend on age and sex.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "dsp/interpret/expression.h"
#include "dsp/interpret/findings.h"

namespace ecg::dsp {

// Position of a measure of one lead, such as "st_j_uv".
std::optional<int> lead_measure(std::string_view name);
std::string_view lead_measure_name(int measure);
// Open where a claimed exchange of electrodes concerns the lead, unless the strictest reading is asked for.
Bounds lead_value(const Facts& facts, LeadId lead, int measure, bool strictest);

// Position of a value of the whole tracing or of a limit.
std::optional<int> global_measure(std::string_view name);
std::string_view global_measure_name(int measure);
Bounds global_value(const Facts& facts, int measure, bool strictest);

// Sums that the rules share, such as sokolow_uv.
std::span<const Definition> definitions();

}  // namespace ecg::dsp
