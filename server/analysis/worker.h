// What an analysis worker process does: jobs in, results out, until the other end closes.
#pragma once

namespace ecg::analysis {

// Reads AnalysisJob messages from fd 0 and answers each with an AnalysisResult on fd 1. A job that is not a
// sound recording ends the process. Returns the exit status.
int run_worker_process();

}  // namespace ecg::analysis
