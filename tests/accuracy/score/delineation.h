// P, QRS and T boundaries against cardiologists' marks in every lead, and global intervals (ludb).
#pragma once

#include "tests/accuracy/score/report.h"

namespace ecg::accuracy {

// A reference fiducial is matched to the nearest one found within 150 ms; what is found outside the annotated
// span of a lead does not count, since first and last beats are not annotated. Global intervals are medians
// over beats, onset the second earliest and offset the second latest over the leads.
Report score_delineation(const Context& context);

}  // namespace ecg::accuracy
