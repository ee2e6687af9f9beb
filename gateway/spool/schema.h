// The tables of the spool (docs/formats/spool.md).
#pragma once

#include <cstdint>
#include <span>

#include "common/sqlite/migration.h"

namespace ecg::spool {

inline constexpr std::int64_t kApplicationId = 0x45434753;  // "ECGS"
std::span<const sqlite::Migration> schema();

}  // namespace ecg::spool
