#include "server/domain/effect.h"

#include "server/domain/named.h"

namespace ecg::domain {
namespace {

using N = ClinicNotice;
constexpr Named<N> kNotices[] = {
    {N::kSaved, "SAVED", "", ""},
    {N::kUploading, "UPLOADING", "", ""},
    {N::kReceived, "RECEIVED", "", ""},
    {N::kOpened, "OPENED", "", ""},
    {N::kRetakeWanted, "RETAKE_WANTED", "", ""},
    {N::kQuarantined, "QUARANTINED", "", ""},
    {N::kReadAsItIs, "READ_AS_IT_IS", "", ""},
    {N::kNotAnalysed, "NOT_ANALYSED", "", ""},
    {N::kCriticalSuspected, "CRITICAL_SUSPECTED", "", ""},
    {N::kSuperseded, "SUPERSEDED", "", ""},
    {N::kVoided, "VOIDED", "", ""},
};
static_assert(in_order(kNotices));

constexpr std::string_view kEffects[] = {
    "START_ANALYSIS", "OFFER_TO_POOL",  "TELL_CLINIC",          "TELL_OPERATOR",
    "RENDER_REPORT",  "DELIVER_REPORT", "OPEN_CRITICAL_RESULT", "CALL_PHONE_CHAIN",
    "RECORD_BREACH",  "KEEP_DRAFT",     "TELL_LEASE_ENDED",     "SUPERSEDE_RECORDING",
};
static_assert(std::size(kEffects) == std::variant_size_v<Effect>);

}  // namespace

std::string_view name(const Effect& effect) {
  return kEffects[effect.index()];
}
std::string_view name(ClinicNotice notice) {
  return row(kNotices, notice).name;
}

}  // namespace ecg::domain
