// Who may call which method of the gateway. A method without a row is refused, and a test fails.
#pragma once

#include <cstdint>
#include <span>

#include "common/net/policy.h"

namespace ecg::clinic {

enum Role : std::uint32_t { kOperator = 1u << 0 };

std::span<const net::PolicyRow> policy_table();

}  // namespace ecg::clinic
