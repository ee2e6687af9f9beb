// Recordings that have come to rest are packed tighter: the blocks as they arrived give way to few long ones
// with the same samples. Nothing is given up before the new ones have been read back and match the digest of
// the receipt.
#pragma once

#include <chrono>
#include <cstddef>

#include "common/base/clock.h"
#include "common/base/metrics.h"
#include "common/base/result.h"
#include "server/store/store.h"

namespace ecg::archive {

struct ArchiverOptions {
  // After the close; a study is read, drawn and compared most in its first hours.
  std::chrono::minutes rest{60};
  std::size_t uploads_per_round = 64;
};

class Archiver {
 public:
  Archiver(store::Store& store, const Clock& clock, Metrics& metrics, ArchiverOptions options = {});

  // Packs what is due, at most uploads_per_round; answers how many were looked at. A recording that cannot be
  // read back is left as it is, for good, and logged. One thread at a time. Errors: those of the store.
  Result<std::size_t> run();

 private:
  Result<void> pack(const store::UploadRecord& upload);

  store::Store& store_;
  const Clock& clock_;
  const ArchiverOptions options_;
  Counter packed_, saved_bytes_;
};

}  // namespace ecg::archive
