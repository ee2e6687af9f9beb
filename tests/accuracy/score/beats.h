// Beats on the MIT-BIH databases: where they are, under noise too, and of which class.
#pragma once

#include "tests/accuracy/score/report.h"

namespace ecg::accuracy {

// mitdb, first lead only.
Report score_qrs(const Context& context);

// nstdb, both leads.
Report score_noise(const Context& context);

// mitdb, both leads: ventricular and supraventricular ectopic beats.
Report score_classes(const Context& context);

}  // namespace ecg::accuracy
