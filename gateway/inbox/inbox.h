// What comes from the center, put on the clinic's disk before it is acknowledged.
#pragma once

#include "ecg/v1/exchange.pb.h"

#include "gateway/spool/spool.h"

namespace ecg::inbox {

// Durable before it answers; a repeat changes nothing. A kind of delivery this program does not know is
// accepted and logged, or an older gateway would be sent it for ever.
Result<void> take_delivery(spool::Spool& spool, const ecg::v1::Delivery& delivery);
Result<void> take_progress(spool::Spool& spool, const ecg::v1::StudyProgress& progress);

}  // namespace ecg::inbox
