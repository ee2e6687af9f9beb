// A backup is a folder that holds all a center is: center.sqlite (studies, samples, reports, people, audit),
// keys/ (CA, TLS and receipt keys, without which no gateway would know the center again), and SHA256SUMS over
// both, in the form sha256sum -c reads. Whoever can read it can act as the center: it is made 0700 and
// belongs in a safe place.
#pragma once

#include <string>

#include "common/base/random.h"
#include "common/base/result.h"
#include "server/store/store.h"

namespace ecg::admin {

struct BackupFacts {
  std::uint64_t bytes = 0;
  std::uint64_t studies = 0;
};

// Makes the folder at path, an absolute path that does not exist, while the store is in use; state is the
// center's state folder. An unfinished backup has no SHA256SUMS and is refused by verify. Errors:
// kInvalidField (not absolute), kFileExists, kStorageFull, kFileUnreadable.
Result<BackupFacts> create_backup(store::Store& store, const std::string& state, const std::string& path);

// Reads everything: digests, database, every block. Errors: kFileNotFound, kStorageDamaged.
Result<BackupFacts> verify_backup(const std::string& path);

// Verifies, then makes state a center with a new epoch. Errors: those of verify_backup; kFileExists when
// state already holds a center, kDirectoryInUse.
Result<BackupFacts> restore_backup(const std::string& path, const std::string& state, Random& random);

}  // namespace ecg::admin
