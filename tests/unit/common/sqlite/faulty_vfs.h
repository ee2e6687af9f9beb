// A SQLite VFS over the system's that fails on demand: the Nth sync, or every write once the "disk" is full.
#pragma once

#include <atomic>

namespace ecg::sqlite::testing {

inline constexpr const char* kFaultyVfs = "ecg-faulty";

struct Faults {
  std::atomic<int> syncs{0};            // seen so far
  std::atomic<int> fail_sync_from{-1};  // syncs with this number and later fail; -1 = never
  std::atomic<bool> disk_full{false};   // writes answer SQLITE_FULL
};

// Registers the VFS at the first call. One set of faults for the process.
Faults& faults();
void reset_faults();

}  // namespace ecg::sqlite::testing
