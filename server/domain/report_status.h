// Status of one report version. A signed version never changes its content: a change is a new version, and
// only the status of the older one moves.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/error.h"
#include "common/base/result.h"

namespace ecg::domain {

// Names are FHIR's.
enum class ReportStatus : std::uint8_t { kPreliminary, kFinal, kAmended, kCorrected, kEnteredInError };

inline constexpr std::array kReportStatuses = {ReportStatus::kPreliminary, ReportStatus::kFinal,
                                               ReportStatus::kAmended, ReportStatus::kCorrected,
                                               ReportStatus::kEnteredInError};

std::string_view name(ReportStatus status);  // "ENTERED_IN_ERROR"
std::optional<ReportStatus> parse_report_status(std::string_view text);
std::string_view text(ReportStatus status, Language language);

// The status the next version of a report may have: PRELIMINARY again (returned and signed anew) or FINAL
// after PRELIMINARY, then AMENDED (any change) or CORRECTED (an error fixed) as often as needed,
// ENTERED_IN_ERROR (wrong patient) from any; nothing follows that one. Errors: kEventRefused.
Result<ReportStatus> next_status(ReportStatus present, ReportStatus wanted);

// A confirmed version bears no watermark.
constexpr bool is_confirmed(ReportStatus status) {
  return status == ReportStatus::kFinal || status == ReportStatus::kAmended ||
         status == ReportStatus::kCorrected;
}

}  // namespace ecg::domain
