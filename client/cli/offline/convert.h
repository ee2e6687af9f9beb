// ecgctl convert: any format that is read into one that is written.
#pragma once

#include <iosfwd>
#include <string>

#include "common/base/error.h"

namespace ecg::cli {

struct ConvertOptions {
  std::string in;
  std::string out;  // NAME.hea (WFDB, with NAME.dat beside it) or NAME.csv
  bool replace = false;
  bool json = false;
  Language language = Language::kEnglish;
};

// Samples are never changed: what the target cannot hold is refused (kLossyConversion). Before it is written
// the new file is read back in memory and compared. What is left behind (the patient's name and id) is said
// on err. Exit codes: 0 done, 1 refused or failed, 2 wrong use, 3 no such file, 6 the target exists and
// replace is false.
int run_convert(const ConvertOptions& options, std::ostream& out, std::ostream& err);

}  // namespace ecg::cli
