// The subcommands of ecgctl that need no server: analyze, convert, info.
#pragma once

#include <CLI/CLI.hpp>

#include "common/base/error.h"

namespace ecg::cli {

// Adds the three subcommands. json and language are read, and exit_code is set, when a subcommand runs; all
// three outlive app. The app itself offers --json (with fallthrough). Results go to standard output, talk to
// standard error.
void add_offline_commands(CLI::App& app, const bool& json, const Language& language, int& exit_code);

}  // namespace ecg::cli
