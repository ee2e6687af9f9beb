// Exchanged electrodes, made by giving the leads of real recordings the content that the exchange would give
// them.
#pragma once

#include "dsp/quality/swap.h"
#include "tests/accuracy/score/report.h"

namespace ecg::accuracy {

// The recording as it would have been with the electrodes exchanged. Only the twelve standard leads change.
dsp::Recording with_exchange(const dsp::Recording& recording, dsp::Exchange exchange);

Report score_swap(const Context& context);

}  // namespace ecg::accuracy
