// The form of center.sqlite, in one place to read (schema.cc).
#pragma once

#include <cstdint>
#include <span>

#include "common/sqlite/migration.h"

namespace ecg::store {

inline constexpr std::int64_t kApplicationId = 0x45434743;  // "ECGC"
std::span<const sqlite::Migration> schema();

}  // namespace ecg::store
