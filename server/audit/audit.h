// Who did what to which study, when, from where, with what outcome. Records stand in the same transaction as
// the change they record, and each carries a hash over itself and the one before it, so that a change, a
// removal or an insertion inside the chain is found. What is cut off at its end is found only against a copy
// of its last hash.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "server/store/store.h"

namespace ecg::audit {

struct Act {
  std::string actor;           // person id, "gateway:<id>", "local" (Unix socket), "center"
  std::string action;          // "ecg.v1.ReadingService/SignReport"
  StudyId study;               // empty: none
  SiteId site;                 // empty: none
  std::string place;           // address; empty on the Unix socket
  std::string outcome = "ok";  // or the error: "E5004"
  std::string detail = {};     // no patient data
};

// Appends to the chain. Errors: those of the store.
Result<void> record(store::Transaction& transaction, const Act& act, Timestamp now);

struct Chain {
  std::uint64_t records = 0;
  std::string last_hash;                   // 32 bytes; empty chain: empty
  std::optional<std::uint64_t> broken_at;  // seq of the first record that does not fit
};
// Reads the whole chain. Errors: those of the store.
Result<Chain> verify_chain(const store::Snapshot& snapshot);

}  // namespace ecg::audit
