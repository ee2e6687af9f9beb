// Small files whole: configuration, keys, certificates, web pages.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "common/base/result.h"

namespace ecg {

// Errors: kFileNotFound, kFileUnreadable, kTooLarge (more than bytes_max).
Result<std::string> read_file(const std::filesystem::path& file, std::size_t bytes_max);

// Replaces or makes the file at once or not at all: after success its content and its name are on stable
// storage. Errors: kStorageFull, kStorageFailed; an existing file is then unchanged.
Result<void> write_file_durably(const std::filesystem::path& file, std::string_view content,
                                mode_t mode = 0600);

}  // namespace ecg
