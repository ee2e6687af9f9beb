// ecgctl analyze: one file through dsp::analyze. The output is the contract that the scorers read.
#pragma once

#include <iosfwd>
#include <string>

#include "common/base/error.h"

namespace ecg::cli {

struct AnalyzeOptions {
  std::string file;
  bool json = false;
  std::string beats;         // where the beat list goes; "-" = out; empty = nowhere
  std::string delineation;   // the same for wave boundaries
  std::string lead = "all";  // or the number of one signal, from 1
  double mains_hz = 50;      // 50, 60 or 0
  bool progress = false;     // show how far a long record is, on err; for terminals
  Language language = Language::kEnglish;
};

// Writes what the options ask for and returns the exit code: 0 analysed (an unreadable tracing is a result),
// 1 refused or failed, 2 wrong use, 3 no such file. The same file gives the same bytes whatever the locale.
// With nothing else on out, a summary for people is written there. Existing output files are replaced.
int run_analyze(const AnalyzeOptions& options, std::ostream& out, std::ostream& err);

}  // namespace ecg::cli
