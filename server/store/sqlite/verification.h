// Reading everything that is stored and comparing it with its checksums.
#pragma once

#include <functional>

#include "common/sqlite/database.h"
#include "server/store/store.h"

namespace ecg::store {

// Every upload of the store, each in a view of its own given by read, so that no single view stays open for
// long.
Result<Verification> verify_uploads(
    const std::function<Result<void>(const std::function<Result<void>(const Snapshot&, sqlite::Database&)>&)>&
        read);

// The same of a file nobody else has open, after a check of its pages.
Result<Verification> verify_file(const std::string& path);

}  // namespace ecg::store
