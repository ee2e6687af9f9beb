#include "server/domain/priority.h"

#include "server/domain/named.h"

namespace ecg::domain {
namespace {

constexpr Named<Priority> kTable[] = {
    {Priority::kStat, "STAT", "emergency", "急救"},
    {Priority::kUrgent, "URGENT", "urgent", "加急"},
    {Priority::kRoutine, "ROUTINE", "routine", "常规"},
    {Priority::kScreening, "SCREENING", "screening", "筛查"},
};
static_assert(in_order(kTable));

}  // namespace

std::string_view name(Priority priority) {
  return row(kTable, priority).name;
}
std::optional<Priority> parse_priority(std::string_view text) {
  return find_named(kTable, text);
}
std::string_view text(Priority priority, Language language) {
  return words(kTable, priority, language);
}
Priority priority_or_urgent(std::string_view text) {
  return parse_priority(text).value_or(Priority::kUrgent);
}

}  // namespace ecg::domain
