#include "gateway/inbox/inbox.h"

#include "common/base/log.h"
#include "gateway/spool/mail.h"
#include "gateway/spool/site.h"

namespace ecg::inbox {

Result<void> take_delivery(spool::Spool& spool, const ecg::v1::Delivery& delivery) {
  switch (delivery.item_case()) {
    case ecg::v1::Delivery::kReport:
      log::info("report_received", {{"study", delivery.report().report().study_id()},
                                    {"version", delivery.report().report().version()}});
      return spool::store_report(spool, delivery.report());
    case ecg::v1::Delivery::kCritical:
      log::info("critical_notice_received", {{"study", delivery.critical().study_id()}});
      return spool::store_critical(spool, delivery.critical());
    case ecg::v1::Delivery::kSettings:
      log::info("settings_received", {{"revision", delivery.settings().revision()}});
      return spool::store_settings(spool, delivery.settings());
    case ecg::v1::Delivery::ITEM_NOT_SET:
      break;
  }
  log::warning("delivery_of_unknown_kind", {{"delivery", delivery.delivery_id()}});
  return {};
}

Result<void> take_progress(spool::Spool& spool, const ecg::v1::StudyProgress& progress) {
  return spool::store_progress(spool, progress);
}

}  // namespace ecg::inbox
