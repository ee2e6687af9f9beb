#include "server/admin/backup/backup.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "common/wire/sha256.h"
#include "server/store/sqlite/sqlite_store.h"

namespace ecg::admin {
namespace {

namespace fs = std::filesystem;

constexpr auto kDatabase = "center.sqlite";
constexpr auto kKeys = "keys";
constexpr auto kSums = "SHA256SUMS";

Result<std::string> hex_digest(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return Error{ErrorCode::kFileNotFound, file.string()};
  wire::Sha256 digest;
  std::vector<char> piece(1 << 16);
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0)
    digest.update(std::string_view(piece.data(), static_cast<std::size_t>(in.gcount())));
  return wire::as_hex(digest.digest());
}

// Names below the folder, in order: the database and every key.
std::vector<std::string> contents(const fs::path& folder) {
  std::vector<std::string> names{kDatabase};
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder / kKeys, failed))
    names.push_back(std::string(kKeys) + "/" + entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

Result<void> sync(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return Error{ErrorCode::kFileUnreadable, path.string()};
  const bool done = ::fsync(fd) == 0;
  ::close(fd);
  if (!done) return Error{ErrorCode::kStorageFailed, path.string()};
  return {};
}

Result<void> copy_keys(const fs::path& from, const fs::path& to) {
  std::error_code failed;
  fs::create_directory(to, failed);
  fs::permissions(to, fs::perms::owner_all, failed);
  for (const auto& entry : fs::directory_iterator(from, failed)) {
    if (!entry.is_regular_file()) continue;
    const fs::path copy = to / entry.path().filename();
    if (!fs::copy_file(entry.path(), copy, failed)) return Error{ErrorCode::kFileUnreadable, copy.string()};
    fs::permissions(copy, entry.status().permissions(), failed);
    ECG_TRY(sync(copy));
  }
  if (failed) return Error{ErrorCode::kFileUnreadable, from.string(), failed.message()};
  return sync(to);
}

// The sums are the last thing written: a backup without them was not finished.
Result<void> write_sums(const fs::path& folder) {
  std::ofstream out(folder / kSums);
  for (const auto& name : contents(folder)) {
    ECG_ASSIGN(const auto sum, hex_digest(folder / name));
    out << sum << "  " << name << "\n";
  }
  out.close();
  if (!out) return Error{ErrorCode::kStorageFull, folder.string()};
  ECG_TRY(sync(folder / kSums));
  return sync(folder);
}

Result<void> check_sums(const fs::path& folder) {
  std::ifstream in(folder / kSums);
  if (!in) return Error{ErrorCode::kFileNotFound, (folder / kSums).string()};
  std::vector<std::string> listed;
  std::string sum, name;
  while (in >> sum >> name) {
    const auto found = hex_digest(folder / name);
    if (!found.ok() || *found != sum) return Error{ErrorCode::kStorageDamaged, (folder / name).string()};
    listed.push_back(name);
  }
  if (listed != contents(folder)) return Error{ErrorCode::kStorageDamaged, (folder / kSums).string()};
  return {};
}

std::uint64_t size_of(const fs::path& folder) {
  std::uint64_t bytes = 0;
  for (const auto& name : contents(folder)) bytes += fs::file_size(folder / name);
  return bytes;
}

}  // namespace

Result<BackupFacts> create_backup(store::Store& store, const std::string& state, const std::string& path) {
  const fs::path folder(path);
  if (!folder.is_absolute())
    return Error{ErrorCode::kInvalidField, "path " + path + ": give an absolute path"};
  std::error_code failed;
  if (!fs::create_directory(folder, failed))
    return Error{failed ? ErrorCode::kFileUnreadable : ErrorCode::kFileExists, path, failed.message()};
  fs::permissions(folder, fs::perms::owner_all, failed);
  ECG_TRY(store.backup((folder / kDatabase).string()));
  ECG_TRY(copy_keys(fs::path(state) / kKeys, folder / kKeys));
  ECG_TRY(write_sums(folder));
  BackupFacts facts{size_of(folder), 0};
  ECG_TRY(store.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(facts.studies, snapshot.study_count());
    return {};
  }));
  return facts;
}

Result<BackupFacts> verify_backup(const std::string& path) {
  if (!fs::is_directory(path)) return Error{ErrorCode::kFileNotFound, path};
  ECG_TRY(check_sums(path));
  ECG_ASSIGN(const auto verification, store::verify_backup((fs::path(path) / kDatabase).string()));
  if (!verification.damaged.empty())
    return Error{ErrorCode::kStorageDamaged, "upload " + verification.damaged.front().value};
  return BackupFacts{size_of(path), verification.studies};
}

Result<BackupFacts> restore_backup(const std::string& path, const std::string& state, Random& random) {
  ECG_ASSIGN(const auto facts, verify_backup(path));
  const fs::path target(state);
  std::error_code failed;
  if (fs::exists(target / kKeys)) return Error{ErrorCode::kFileExists, (target / kKeys).string()};
  fs::create_directories(target, failed);
  if (failed) return Error{ErrorCode::kFileUnreadable, state, failed.message()};
  fs::permissions(target, fs::perms::owner_all, failed);
  ECG_TRY(store::restore_backup((fs::path(path) / kDatabase).string(), state, random));
  ECG_TRY(copy_keys(fs::path(path) / kKeys, target / kKeys));
  return facts;
}

}  // namespace ecg::admin
