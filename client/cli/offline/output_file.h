// Where the offline commands put results and errors.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/formats/format.h"

namespace ecg::cli {

// Prints the error on err, and as one JSON object on out when json; returns its exit code.
int report_error(const Error& error, bool json, Language language, std::ostream& out, std::ostream& err);

// Replaces the file at path, or writes to out for "-". Errors: kFileUnreadable.
Result<void> put_text(const std::string& path, const std::string& text, std::ostream& out);

// Writes all files into folder or none. Errors: kFileExists unless replace, kFileUnreadable.
Result<void> put_files(const std::string& folder, const std::vector<formats::NamedBlob>& files, bool replace);

}  // namespace ecg::cli
