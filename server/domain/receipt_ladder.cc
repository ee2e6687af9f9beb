#include "server/domain/receipt_ladder.h"

#include "server/domain/named.h"

namespace ecg::domain {
namespace {

constexpr Named<LadderStep> kTable[] = {
    {LadderStep::kSavedHere, "SAVED_HERE", "saved here", "已存本机"},
    {LadderStep::kUploading, "UPLOADING", "uploading", "上传中"},
    {LadderStep::kCenterHasIt, "CENTER_HAS_IT", "the center has it", "中心已收到"},
    {LadderStep::kOpened, "OPENED", "opened by a reader", "医师已打开"},
    {LadderStep::kReportBack, "REPORT_BACK", "report is back", "报告已返回"},
};
static_assert(in_order(kTable));

}  // namespace

ReceiptLadder receipt_ladder(const LadderEvidence& evidence) {
  return {{{LadderStep::kSavedHere, evidence.closed_at},
           {LadderStep::kUploading, evidence.first_ack_at},
           {LadderStep::kCenterHasIt, evidence.received_at},
           {LadderStep::kOpened, evidence.opened_at},
           {LadderStep::kReportBack, evidence.delivered_at}}};
}

std::optional<LadderStep> reached(const ReceiptLadder& ladder) {
  for (auto rung = ladder.rbegin(); rung != ladder.rend(); ++rung) {
    if (rung->at) return rung->step;
  }
  return std::nullopt;
}

std::string_view name(LadderStep step) {
  return row(kTable, step).name;
}
std::string_view text(LadderStep step, Language language) {
  return words(kTable, step, language);
}

}  // namespace ecg::domain
