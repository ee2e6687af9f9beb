#include "server/domain/report_status.h"

#include <string>

#include "server/domain/named.h"

namespace ecg::domain {
namespace {

using R = ReportStatus;
constexpr Named<R> kTable[] = {
    {R::kPreliminary, "PRELIMINARY", "preliminary", "初步"},
    {R::kFinal, "FINAL", "final", "最终"},
    {R::kAmended, "AMENDED", "amended", "修订"},
    {R::kCorrected, "CORRECTED", "corrected", "更正"},
    {R::kEnteredInError, "ENTERED_IN_ERROR", "entered in error", "录入错误"},
};
static_assert(in_order(kTable));

bool may_follow(R present, R wanted) {
  if (present == R::kEnteredInError) return false;
  switch (wanted) {
    case R::kPreliminary:
      return present == R::kPreliminary;
    case R::kFinal:
      return present == R::kPreliminary;
    case R::kAmended:
    case R::kCorrected:
      return is_confirmed(present);
    case R::kEnteredInError:
      return true;
  }
  return false;
}

}  // namespace

std::string_view name(ReportStatus status) {
  return row(kTable, status).name;
}
std::optional<ReportStatus> parse_report_status(std::string_view text) {
  return find_named(kTable, text);
}
std::string_view text(ReportStatus status, Language language) {
  return words(kTable, status, language);
}

Result<ReportStatus> next_status(ReportStatus present, ReportStatus wanted) {
  if (may_follow(present, wanted)) return wanted;
  return Error{ErrorCode::kEventRefused,
               "report " + std::string(name(present)) + " to " + std::string(name(wanted))};
}

}  // namespace ecg::domain
