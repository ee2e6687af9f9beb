// The simulator's recordings, whose truth is known: what the databases lack.
#pragma once

#include "tests/accuracy/score/report.h"

namespace ecg::accuracy {

// Each scenario with several seeds and two amounts of noise, 10 s of twelve leads at 500 Hz. Simulated beats
// are cleaner and more alike than real ones: passing here is necessary, not sufficient.
Report score_synthetic(const Context& context);

}  // namespace ecg::accuracy
