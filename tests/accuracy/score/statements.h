// 12-lead statements against three databases.
#pragma once

#include "tests/accuracy/score/report.h"

namespace ecg::accuracy {

// ptbxl, cinc12, ludb: F1 per class and its mean over the classes with at least ten cases.
Report score_statements(const Context& context);

}  // namespace ecg::accuracy
