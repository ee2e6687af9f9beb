#include "common/formats/format.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>

#include <sys/stat.h>

#include "common/base/limits.h"
#include "common/formats/csv.h"
#include "common/formats/scp.h"
#include "common/formats/text.h"
#include "common/formats/wfdb.h"

namespace ecg::formats {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// Refuses what is not a regular file: a pipe or a device could keep the caller waiting for ever.
Result<NamedBlob> load(const std::filesystem::path& path, std::size_t bytes_max) {
  const std::string name = path.filename().string();
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) {
    return Error{errno == ENOENT || errno == ENOTDIR ? ErrorCode::kFileNotFound : ErrorCode::kFileUnreadable,
                 name};
  }
  if (!S_ISREG(facts.st_mode)) return Error{ErrorCode::kFileUnreadable, name, "not a regular file"};
  if (static_cast<std::uint64_t>(facts.st_size) > bytes_max) return Error{ErrorCode::kTooLarge, name};
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rbe"));
  if (!file) return Error{ErrorCode::kFileUnreadable, name};
  NamedBlob blob{name, std::vector<std::uint8_t>(static_cast<std::size_t>(facts.st_size))};
  blob.bytes.resize(std::fread(blob.bytes.data(), 1, blob.bytes.size(), file.get()));
  if (std::ferror(file.get()) != 0) return Error{ErrorCode::kFileUnreadable, name};
  return blob;
}

enum class Format { kUnknown, kCsv, kScp, kWfdb };

Format detect(Bytes bytes, const std::string& name) {
  if (looks_like_csv(bytes)) return Format::kCsv;
  if (looks_like_scp(bytes, name)) return Format::kScp;
  if (looks_like_wfdb_header(bytes)) return Format::kWfdb;
  return Format::kUnknown;
}

Result<ImportedRecording> read_detected(std::span<const NamedBlob> files) {
  const Bytes bytes(files.front().bytes);
  const std::string& name = files.front().name;
  switch (detect(bytes, name)) {
    case Format::kCsv:
      return read_csv(bytes, name);
    case Format::kScp:
      return read_scp(bytes, name);
    case Format::kWfdb:
      return read_wfdb(files);
    case Format::kUnknown:
      break;
  }
  return Error{ErrorCode::kFormatUnknown, name};
}

// One oddity per code: what holds for twelve leads is said once, with their names.
std::vector<Oddity> joined(const std::vector<Oddity>& oddities) {
  std::vector<Oddity> out;
  for (const auto& oddity : oddities) {
    const auto same =
        std::find_if(out.begin(), out.end(), [&](const Oddity& o) { return o.code == oddity.code; });
    if (same == out.end()) {
      out.push_back(oddity);
    } else if (!oddity.detail.empty()) {
      same->detail += (same->detail.empty() ? "" : ", ") + oddity.detail;
    }
  }
  return out;
}

}  // namespace

std::string oddity_text(const Oddity& oddity, Language language) {
  struct Row {
    std::string_view code, en, zh;
  };
  static constexpr Row kRows[] = {
#define ECG_ODDITY(code, en, zh) {code, en, zh},
#include "common/formats/oddities.def"
#undef ECG_ODDITY
  };
  for (const auto& row : kRows) {
    if (row.code != oddity.code) continue;
    std::string text(language == Language::kChinese ? row.zh : row.en);
    const auto at = text.find("{}");
    return text.replace(at, 2, oddity.detail);
  }
  return oddity.code + ": " + oddity.detail;
}

Result<std::vector<NamedBlob>> load_files(const std::string& path) {
  const std::filesystem::path main(path);
  ECG_ASSIGN(auto blob, load(main, limits::kImportFileBytesMax));
  std::vector<NamedBlob> files;
  files.push_back(std::move(blob));
  if (detect(files[0].bytes, files[0].name) != Format::kWfdb) return files;
  std::size_t left = limits::kImportFileBytesMax - files[0].bytes.size();
  ECG_ASSIGN(const std::vector<std::string> names, wfdb_signal_files(files[0].bytes, files[0].name));
  if (names.size() + 1 > kImportFilesMax) return Error{ErrorCode::kTooLarge, files[0].name, "signal files"};
  for (const auto& name : names) {
    ECG_ASSIGN(auto signal, load(main.parent_path() / name, left));
    left -= signal.bytes.size();
    files.push_back(std::move(signal));
  }
  return files;
}

Result<ImportedRecording> read_files(std::span<const NamedBlob> files) {
  if (files.empty()) return Error{ErrorCode::kFormatUnknown, ""};
  ECG_ASSIGN(auto imported, read_detected(files));
  imported.oddities = joined(imported.oddities);
  return imported;
}

Result<ImportedRecording> read_bytes(Bytes bytes, const std::string& name) {
  const NamedBlob blob{name, {bytes.begin(), bytes.end()}};
  return read_files({&blob, 1});
}

Result<ImportedRecording> read_file(const std::string& path) {
  ECG_ASSIGN(const std::vector<NamedBlob> files, load_files(path));
  return read_files(files);
}

}  // namespace ecg::formats
