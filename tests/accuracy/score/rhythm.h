// Rhythms of life and death, and atrial fibrillation in short strips.
#pragma once

#include "tests/accuracy/score/report.h"

namespace ecg::accuracy {

// vfdb, cudb: ventricular fibrillation, flutter or tachycardia in windows of 5 s. A window counts when its
// reference is one class throughout and the other class does not occur within 5 s of it; it is called
// shockable when intervals VF, VFL or VT cover half of it. Noise, nodal rhythm and asystole of vfdb are left
// out.
Report score_shockable(const Context& context);

// cinc2017: AFIB stated or found in any interval, against N and O; records too noisy for people are left out
// of F1.
Report score_af(const Context& context);

}  // namespace ecg::accuracy
