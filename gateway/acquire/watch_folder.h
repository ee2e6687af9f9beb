// A folder into which a device (or a person) puts finished recordings as files.
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/formats/format.h"

namespace ecg::acquire {

// What became of one file (for WFDB: of its header and signal files together).
struct FileOutcome {
  std::string file_name;
  Result<std::string> study_id;  // or why it was refused
  std::string kept_as;           // where the original is now
};

// Takes .hea with its signal files, .scp, .ecg and .csv; other names are looked at too, and refused by
// content. Names that begin with '.' or end in .part or .tmp are left alone: somebody is still writing.
class WatchFolder {
 public:
  using Importer = std::function<Result<std::string>(
      const formats::ImportedRecording&, const std::string& file_name, const std::string& content_sha256)>;
  using Reader = std::function<Result<formats::ImportedRecording>(const std::string& path)>;
  using Observer = std::function<void(const FileOutcome&)>;

  struct Options {
    std::filesystem::path folder;           // made when it is not there
    std::chrono::milliseconds settle{700};  // a file whose size and time stand still so long is whole
    std::chrono::milliseconds header_alone{30'000};  // so long a header waits for its signal files
    std::chrono::milliseconds rescan{5'000};         // for file systems that tell nothing
  };

  // reader reads one file (the sandbox); importer turns it into a study, the same content twice into the same
  // study. Accepted files go to done/, refused ones to quarantine/ with NAME.reason.txt beside them. All
  // callbacks on the folder's own thread.
  WatchFolder(Options options, Reader reader, Importer importer, Observer observer, const Clock& clock);
  ~WatchFolder();
  WatchFolder(const WatchFolder&) = delete;
  WatchFolder& operator=(const WatchFolder&) = delete;

  // Errors: kFileUnreadable (no such folder and none can be made).
  Result<void> start();
  void stop();
  // Looks once, now; for tests. Not while the thread runs.
  void scan();

 private:
  struct Seen {
    std::uintmax_t bytes = 0;
    std::filesystem::file_time_type written;
    Duration since{0};  // steady time at which it was first seen like this
  };
  struct Candidate {
    std::filesystem::path main;
    std::vector<std::filesystem::path> files;  // main first
  };
  void run();
  void wait_for_change(int inotify_fd);
  bool settled(const std::filesystem::path& file);
  std::vector<Candidate> candidates();
  void take(const Candidate& candidate);
  std::filesystem::path move_all(const Candidate& candidate, const char* where);
  void write_reason(const std::filesystem::path& kept, const Error& error);

  const Options options_;
  const Reader reader_;
  const Importer importer_;
  const Observer observer_;
  const Clock& clock_;
  std::map<std::filesystem::path, Seen> seen_;  // the folder's thread only
  std::atomic<bool> stopping_{false};
  int wake_fd_ = -1;  // eventfd
  std::thread thread_;
};

}  // namespace ecg::acquire
