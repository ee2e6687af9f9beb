// The class of a study. Software raises it; only a named person lowers it, with a reason (life_cycle.h).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/error.h"

namespace ecg::domain {

// In order of urgency, the most urgent first: comparing with < means "more urgent than".
enum class Priority : std::uint8_t { kStat, kUrgent, kRoutine, kScreening };

inline constexpr std::array kPriorities = {Priority::kStat, Priority::kUrgent, Priority::kRoutine,
                                           Priority::kScreening};
inline constexpr std::size_t kPriorityCount = kPriorities.size();

std::string_view name(Priority priority);  // "STAT"
std::optional<Priority> parse_priority(std::string_view text);
std::string_view text(Priority priority, Language language);

// An unknown class counts as URGENT, so that a spelling nobody foresaw never waits as ROUTINE.
Priority priority_or_urgent(std::string_view text);

// The more urgent of both: the only way software changes a class.
constexpr Priority raise_priority(Priority present, Priority proposed) {
  return proposed < present ? proposed : present;
}

// SCREENING to ROUTINE to URGENT to STAT; STAT stays.
constexpr Priority one_class_higher(Priority priority) {
  return priority == Priority::kStat ? priority
                                     : static_cast<Priority>(static_cast<std::uint8_t>(priority) - 1);
}

}  // namespace ecg::domain
