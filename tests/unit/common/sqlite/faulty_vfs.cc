#include "tests/unit/common/sqlite/faulty_vfs.h"

#include <new>

#include <sqlite3.h>

namespace ecg::sqlite::testing {

namespace {

Faults g_faults;

struct File {
  sqlite3_file base;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File* own(sqlite3_file* file) {
  return reinterpret_cast<File*>(file);
}
sqlite3_file* real(sqlite3_file* file) {
  return own(file)->real();
}
sqlite3_vfs* system_vfs() {
  return sqlite3_vfs_find(nullptr);
}

int f_close(sqlite3_file* f) {
  return real(f)->pMethods->xClose(real(f));
}
int f_read(sqlite3_file* f, void* out, int n, sqlite3_int64 at) {
  return real(f)->pMethods->xRead(real(f), out, n, at);
}
int f_write(sqlite3_file* f, const void* in, int n, sqlite3_int64 at) {
  if (g_faults.disk_full) return SQLITE_FULL;
  return real(f)->pMethods->xWrite(real(f), in, n, at);
}
int f_truncate(sqlite3_file* f, sqlite3_int64 n) {
  return real(f)->pMethods->xTruncate(real(f), n);
}
int f_sync(sqlite3_file* f, int flags) {
  const int number = g_faults.syncs++;
  if (g_faults.fail_sync_from >= 0 && number >= g_faults.fail_sync_from) return SQLITE_IOERR_FSYNC;
  return real(f)->pMethods->xSync(real(f), flags);
}
int f_size(sqlite3_file* f, sqlite3_int64* n) {
  return real(f)->pMethods->xFileSize(real(f), n);
}
int f_lock(sqlite3_file* f, int level) {
  return real(f)->pMethods->xLock(real(f), level);
}
int f_unlock(sqlite3_file* f, int level) {
  return real(f)->pMethods->xUnlock(real(f), level);
}
int f_reserved(sqlite3_file* f, int* out) {
  return real(f)->pMethods->xCheckReservedLock(real(f), out);
}
int f_control(sqlite3_file* f, int op, void* arg) {
  return real(f)->pMethods->xFileControl(real(f), op, arg);
}
int f_sector(sqlite3_file* f) {
  return real(f)->pMethods->xSectorSize(real(f));
}
int f_device(sqlite3_file* f) {
  return real(f)->pMethods->xDeviceCharacteristics(real(f));
}
int f_shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
  return real(f)->pMethods->xShmMap(real(f), page, size, extend, out);
}
int f_shm_lock(sqlite3_file* f, int at, int n, int flags) {
  return real(f)->pMethods->xShmLock(real(f), at, n, flags);
}
void f_shm_barrier(sqlite3_file* f) {
  real(f)->pMethods->xShmBarrier(real(f));
}
int f_shm_unmap(sqlite3_file* f, int remove) {
  return real(f)->pMethods->xShmUnmap(real(f), remove);
}

const sqlite3_io_methods kMethods = {2,        f_close,   f_read,     f_write,       f_truncate,  f_sync,
                                     f_size,   f_lock,    f_unlock,   f_reserved,    f_control,   f_sector,
                                     f_device, f_shm_map, f_shm_lock, f_shm_barrier, f_shm_unmap, nullptr,
                                     nullptr};

int v_open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  auto* mine = new (file) File{};
  const int rc = system_vfs()->xOpen(system_vfs(), name, mine->real(), flags, out_flags);
  mine->base.pMethods = mine->real()->pMethods == nullptr ? nullptr : &kMethods;
  return rc;
}

}  // namespace

Faults& faults() {
  static const bool registered = [] {
    static sqlite3_vfs vfs = *system_vfs();
    vfs.zName = kFaultyVfs;
    vfs.pNext = nullptr;
    vfs.szOsFile += static_cast<int>(sizeof(File));
    vfs.xOpen = v_open;
    return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK;
  }();
  (void)registered;
  return g_faults;
}

void reset_faults() {
  faults().syncs = 0;
  faults().fail_sync_from = -1;
  faults().disk_full = false;
}

}  // namespace ecg::sqlite::testing
