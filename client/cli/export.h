// Writes a recording that came over the wire to a file of another format.
#pragma once

#include <string>

#include "ecg/v1/recording.pb.h"

#include "client/cli/output.h"

namespace ecg::cli {

// Writes waveform to path by its ending (.hea WFDB, .csv). Exit code; errors are printed.
int export_waveform(const ecg::v1::Waveform& waveform, const std::string& path, const OutputOptions& output);

}  // namespace ecg::cli
