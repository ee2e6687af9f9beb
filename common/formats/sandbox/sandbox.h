// Reads a foreign file in a separate, confined process, so that a parser that a file leads astray can harm
// nothing.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>

#include "common/formats/format.h"

namespace ecg::formats {

struct SandboxLimits {
  std::size_t memory_bytes = std::size_t{512} * 1024 * 1024;  // address space of the process
  std::chrono::seconds cpu{5};
  std::chrono::milliseconds wall{10'000};  // then the process is killed
};

// ecg-import beside the running program.
std::string default_sandbox_program();

// As read_file, with the parsing done by program (ecg-import). Errors: those of read_file as the parser
// reports them, and kImportFailed (subject: the file's name) when the process cannot be started, is killed,
// runs out of time or memory, or answers nonsense; detail says which. Blocks for at most limits.wall; any
// thread. No process is left over.
Result<ImportedRecording> read_in_sandbox(const std::string& program, const std::string& path,
                                          const SandboxLimits& limits = {});

// The same for files already in memory; files.front() decides the format.
Result<ImportedRecording> read_files_in_sandbox(const std::string& program, std::span<const NamedBlob> files,
                                                const SandboxLimits& limits = {});

}  // namespace ecg::formats
