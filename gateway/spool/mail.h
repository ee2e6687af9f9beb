// What the center sends to the clinic, and what the clinic has to tell the center.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ecg/v1/exchange.pb.h"
#include "ecg/v1/report.pb.h"

#include "gateway/spool/spool.h"

namespace ecg::spool {

// Each is durable before it answers; a repeat changes nothing, but a report that came without its PDF is
// completed by it. Progress older than what is stored is not told
// apart: the center sends the present state.
// A report or critical notice for a study unknown here makes it known, without patient and recording.
Result<void> store_progress(Spool& spool, const ecg::v1::StudyProgress& progress);
Result<void> store_report(Spool& spool, const ecg::v1::DeliveredReport& delivered);
Result<void> store_critical(Spool& spool, const ecg::v1::CriticalNotice& notice);

// version 0 = newest. Errors: kNotFound.
Result<ecg::v1::DeliveredReport> load_report(Spool& spool, const std::string& study_id,
                                             std::uint32_t version);

// Records who opened it first, and queues the message for the center. Errors: kNotFound.
Result<void> note_report_opened(Spool& spool, const ecg::v1::ReportOpened& opened);
// Errors: kNotFound (no critical notice for that study).
Result<void> acknowledge_critical(Spool& spool, const ecg::v1::CriticalAcknowledged& acknowledged);

// Messages the center has not heard yet, oldest first.
struct Outgoing {
  std::int64_t id = 0;
  ecg::v1::GatewayMessage message;
};
Result<std::vector<Outgoing>> list_outgoing(Spool& spool, std::int64_t after_id, std::size_t limit);
// Forgets all up to and including id.
Result<void> outgoing_heard(Spool& spool, std::int64_t id);

}  // namespace ecg::spool
