// After a start no stream is open, whatever the store says.
#pragma once

#include "common/base/clock.h"
#include "server/store/store.h"

namespace ecg::ingest {

// Studies that were being uploaded when the process ended show that their line is lost, until their gateway
// resumes.
Result<void> note_lost_lines(store::Store& store, const Clock& clock);

}  // namespace ecg::ingest
