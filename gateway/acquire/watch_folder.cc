#include "gateway/acquire/watch_folder.h"

#include <algorithm>
#include <fstream>
#include <set>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "common/base/file.h"
#include "common/base/limits.h"
#include "common/base/log.h"
#include "common/formats/wfdb.h"
#include "common/wire/sha256.h"

namespace ecg::acquire {
namespace {

namespace fs = std::filesystem;

bool still_written(const fs::path& file) {
  const std::string name = file.filename().string();
  return name.starts_with('.') || name.ends_with(".part") || name.ends_with(".tmp");
}

std::vector<std::uint8_t> small_file(const fs::path& file) {
  constexpr std::size_t kHeaderBytesMax = 1 << 20;
  const auto text = read_file(file, kHeaderBytesMax);
  return text.ok() ? std::vector<std::uint8_t>(text->begin(), text->end()) : std::vector<std::uint8_t>();
}

Result<std::string> content_digest(const std::vector<fs::path>& files) {
  wire::Sha256 hash;
  for (const fs::path& file : files) {
    ECG_ASSIGN(const std::string text, read_file(file, limits::kImportFileBytesMax));
    hash.update(text);
  }
  return wire::as_hex(hash.digest());
}

fs::path free_name(const fs::path& folder, const std::string& name) {
  fs::path path = folder / name;
  std::error_code failed;
  for (int n = 1; fs::exists(path, failed); ++n) path = folder / (std::to_string(n) + "." + name);
  return path;
}

}  // namespace

WatchFolder::WatchFolder(Options options, Reader reader, Importer importer, Observer observer,
                         const Clock& clock)
    : options_(std::move(options)),
      reader_(std::move(reader)),
      importer_(std::move(importer)),
      observer_(std::move(observer)),
      clock_(clock),
      wake_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

WatchFolder::~WatchFolder() {
  stop();
  if (wake_fd_ >= 0) ::close(wake_fd_);
}

Result<void> WatchFolder::start() {
  std::error_code failed;
  for (const char* sub : {"done", "quarantine"}) {
    fs::create_directories(options_.folder / sub, failed);
    if (failed) return Error{ErrorCode::kFileUnreadable, options_.folder.string(), failed.message()};
  }
  thread_ = std::thread([this] { run(); });
  return {};
}

void WatchFolder::stop() {
  stopping_ = true;
  const std::uint64_t one = 1;
  if (wake_fd_ >= 0) [[maybe_unused]]
    const auto written = ::write(wake_fd_, &one, sizeof one);
  if (thread_.joinable()) thread_.join();
}

void WatchFolder::run() {
  const int inotify_fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (inotify_fd >= 0) {
    ::inotify_add_watch(inotify_fd, options_.folder.c_str(),
                        IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_MODIFY);
  }
  while (!stopping_) {
    scan();
    wait_for_change(inotify_fd);
  }
  if (inotify_fd >= 0) ::close(inotify_fd);
}

// Files that settle need another look soon; else a change or the rescan wakes us.
void WatchFolder::wait_for_change(int inotify_fd) {
  const auto timeout = seen_.empty() ? options_.rescan : std::min(options_.rescan, options_.settle / 3);
  pollfd fds[2] = {{wake_fd_, POLLIN, 0}, {inotify_fd, POLLIN, 0}};
  ::poll(fds, inotify_fd >= 0 ? 2 : 1, static_cast<int>(timeout.count()));
  char events[4096];
  while (inotify_fd >= 0 && ::read(inotify_fd, events, sizeof events) > 0) {
  }
}

bool WatchFolder::settled(const fs::path& file) {
  std::error_code failed;
  const auto bytes = fs::file_size(file, failed);
  if (failed) return false;
  const auto written = fs::last_write_time(file, failed);
  if (failed) return false;
  const Duration now = clock_.steady();
  const auto it = seen_.find(file);
  if (it == seen_.end() || it->second.bytes != bytes || it->second.written != written) {
    seen_[file] = {bytes, written, now};
    return false;
  }
  return now - it->second.since >= options_.settle;
}

std::vector<WatchFolder::Candidate> WatchFolder::candidates() {
  std::vector<fs::path> files;
  std::error_code failed;
  for (auto it = fs::directory_iterator(options_.folder, failed); !failed && it != fs::directory_iterator();
       it.increment(failed)) {
    if (it->is_regular_file(failed) && !still_written(it->path())) files.push_back(it->path());
  }
  std::sort(files.begin(), files.end());
  std::erase_if(
      seen_, [&](const auto& entry) { return !std::binary_search(files.begin(), files.end(), entry.first); });

  std::vector<Candidate> found;
  std::set<fs::path> parts;
  for (const fs::path& file : files) {
    if (file.extension() != ".hea") continue;
    const bool whole = settled(file);
    Candidate candidate{file, {file}};
    bool complete = whole;
    const auto header = small_file(file);
    const auto names = formats::wfdb_signal_files(header, file.filename().string());
    for (const std::string& name : names.ok() ? *names : std::vector<std::string>()) {
      const fs::path part = options_.folder / name;
      if (!std::binary_search(files.begin(), files.end(), part)) {
        complete = complete && clock_.steady() - seen_[file].since >= options_.header_alone;
        continue;
      }
      parts.insert(part);
      candidate.files.push_back(part);
      complete = settled(part) && complete;
    }
    if (complete) found.push_back(std::move(candidate));
  }
  for (const fs::path& file : files) {
    if (file.extension() == ".hea" || parts.contains(file)) continue;
    const bool whole = settled(file);
    // Signal files may come before their header.
    const bool may_be_part = file.extension() == ".dat" || file.extension() == ".mat";
    if (may_be_part && clock_.steady() - seen_[file].since < options_.header_alone) continue;
    if (whole) found.push_back({file, {file}});
  }
  return found;
}

void WatchFolder::scan() {
  for (const Candidate& candidate : candidates()) {
    if (stopping_) return;
    take(candidate);
    for (const fs::path& file : candidate.files) seen_.erase(file);
  }
}

fs::path WatchFolder::move_all(const Candidate& candidate, const char* where) {
  fs::path kept;
  for (const fs::path& file : candidate.files) {
    std::error_code failed;
    fs::create_directories(options_.folder / where, failed);
    const fs::path target = free_name(options_.folder / where, file.filename().string());
    fs::rename(file, target, failed);
    if (failed) log::error("watched_file_not_moved", {{"reason", failed.message()}});
    if (kept.empty()) kept = failed ? file : target;
  }
  return kept;
}

void WatchFolder::write_reason(const fs::path& kept, const Error& error) {
  const std::string text =
      printable(error, Language::kChinese) + "\n\n" + printable(error, Language::kEnglish) + "\n";
  const auto written = write_file_durably(kept.string() + ".reason.txt", text);
  if (!written.ok()) log::error("reason_not_written", {{"code", facts(written.error().code).catalogue}});
}

void WatchFolder::take(const Candidate& candidate) {
  FileOutcome outcome{candidate.main.filename().string(), Error{ErrorCode::kInternal, ""}, {}};
  const auto import = [&]() -> Result<std::string> {
    ECG_ASSIGN(const std::string digest, content_digest(candidate.files));
    ECG_ASSIGN(const auto imported, reader_(candidate.main.string()));
    return importer_(imported, outcome.file_name, digest);
  };
  outcome.study_id = import();
  if (outcome.study_id.ok()) {
    outcome.kept_as = move_all(candidate, "done").string();
    log::info("file_imported", {{"study", *outcome.study_id}});
  } else if (const Error& error = outcome.study_id.error();
             facts(error.code).retry == Retry::kCall || error.code == ErrorCode::kSpoolFull) {
    log::warning(
        "import_put_off",
        {{"code", facts(error.code).catalogue}});  // nothing wrong with the file: it stays and is tried again
    seen_.erase(candidate.main);
    return;
  } else {
    const fs::path kept = move_all(candidate, "quarantine");
    outcome.kept_as = kept.string();
    write_reason(kept, error);
    log::warning("file_refused", {{"code", facts(error.code).catalogue}});
  }
  observer_(outcome);
}

}  // namespace ecg::acquire
