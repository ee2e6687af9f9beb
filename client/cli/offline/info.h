// ecgctl info: what a file holds, without analysing it.
#pragma once

#include <iosfwd>
#include <string>

#include "common/base/error.h"

namespace ecg::cli {

struct InfoOptions {
  std::string file;
  bool json = false;
  Language language = Language::kEnglish;
};

// Prints format, leads, times, device, the patient as the file names them, and what is odd about the file.
// Exit codes as run_analyze.
int run_info(const InfoOptions& options, std::ostream& out, std::ostream& err);

}  // namespace ecg::cli
