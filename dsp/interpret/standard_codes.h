// What other systems call our statements.
#pragma once

#include <span>
#include <string_view>

namespace ecg::dsp {

// scp: SCP-ECG statement code (EN 1064 annex). snomed: SNOMED CT concept. Empty where there is no equal.
struct StandardCodes {
  std::string_view code, scp, snomed;
};

std::span<const StandardCodes> standard_codes();
// nullptr for a statement without any.
const StandardCodes* standard_codes_of(std::string_view code);

}  // namespace ecg::dsp
