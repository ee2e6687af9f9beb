// What a gateway reports from its clinic, as changes to what is stored. Every one may be repeated.
#pragma once

#include "ecg/v1/exchange.pb.h"

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/base/result.h"
#include "server/store/store.h"

namespace ecg::delivery {

// The gateway has the item on its own disk. A report that went without its PDF stays pending when there is
// one by now. Errors: kNotFound, kWrongSite.
Result<void> delivery_stored(store::Transaction& transaction, const SiteId& site,
                             const std::string& delivery_id, store::PdfChoice sent, Timestamp now);

// A named person opened the report; the study is CLOSED when nothing else is due. Errors: kNotFound,
// kWrongSite, kInvalidField (no person).
Result<void> report_opened(store::Transaction& transaction, const SiteId& site,
                           const v1::ReportOpened& message, Timestamp now);

// A named person took note of a critical result, read it back, and said what is done. Errors: kNotFound,
// kWrongSite, kInvalidField (no person or read-back).
Result<void> critical_acknowledged(store::Transaction& transaction, const SiteId& site,
                                   const v1::CriticalAcknowledged& message, Timestamp now);

// Records that are complete are closed, and the study with them when nothing else is open.
Result<void> close_handled_critical(store::Transaction& transaction, const StudyId& study, Timestamp now);

}  // namespace ecg::delivery
