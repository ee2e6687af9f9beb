#include "client/cli/offline/output_file.h"

#include <filesystem>
#include <fstream>
#include <ostream>
#include <system_error>

#include <nlohmann/json.hpp>

namespace ecg::cli {
namespace {

namespace fs = std::filesystem;

// Through a file beside it, so that a failure leaves no half-written one under the name.
bool write_whole(const fs::path& path, const char* data, std::size_t size) {
  fs::path partial = path;
  partial += ".partial";
  std::error_code error;
  {
    std::ofstream file(partial, std::ios::binary | std::ios::trunc);
    file.write(data, static_cast<std::streamsize>(size));
    file.close();
    if (!file) {
      fs::remove(partial, error);
      return false;
    }
  }
  fs::rename(partial, path, error);
  if (!error) return true;
  fs::remove(partial, error);
  return false;
}

}  // namespace

int report_error(const Error& error, bool json, Language language, std::ostream& out, std::ostream& err) {
  const auto& f = facts(error.code);
  if (json) {
    const nlohmann::ordered_json object = {{"schema", "ecg.error"},
                                           {"code", "E" + std::to_string(f.catalogue)},
                                           {"subject", error.subject},
                                           {"message", message(error, language)},
                                           {"next", next_step(error, language)}};
    out << object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << "\n";
  }
  err << printable(error, language) << "\n";
  return f.exit_code;
}

Result<void> put_text(const std::string& path, const std::string& text, std::ostream& out) {
  if (path == "-") {
    out << text;
    return {};
  }
  if (!write_whole(path, text.data(), text.size())) return Error{ErrorCode::kFileUnreadable, path};
  return {};
}

Result<void> put_files(const std::string& folder, const std::vector<formats::NamedBlob>& files,
                       bool replace) {
  const fs::path base(folder);
  std::error_code error;
  for (const auto& file : files)
    if (!replace && fs::exists(base / file.name, error)) return Error{ErrorCode::kFileExists, file.name};
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto* data = reinterpret_cast<const char*>(files[i].bytes.data());
    if (write_whole(base / files[i].name, data, files[i].bytes.size())) continue;
    for (std::size_t k = 0; k < i && !replace; ++k) fs::remove(base / files[k].name, error);
    return Error{ErrorCode::kFileUnreadable, files[i].name};
  }
  return {};
}

}  // namespace ecg::cli
