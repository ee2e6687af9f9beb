#include "server/domain/policy.h"

namespace ecg::domain {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr EscalationStep kStat[] = {
    {seconds{60}, Escalation::kWholePool},
    {minutes{3}, Escalation::kExpertPool},
    {minutes{5}, Escalation::kPhoneChain},
    {minutes{10}, Escalation::kBreach},
};
// 50 % and 80 % of the 15 minutes of the first signature.
constexpr EscalationStep kUrgent[] = {
    {seconds{450}, Escalation::kWholePool},
    {minutes{12}, Escalation::kExpertPool},
    {minutes{15}, Escalation::kBreach},
};
constexpr EscalationStep kRoutine[] = {
    {minutes{24}, Escalation::kExpertPool},
    {minutes{30}, Escalation::kBreach},
};
constexpr EscalationStep kScreening[] = {
    {hours{24}, Escalation::kBreach},
};

}  // namespace

std::span<const EscalationStep> escalation_ladder(Priority priority) {
  switch (priority) {
    case Priority::kStat:
      return kStat;
    case Priority::kUrgent:
      return kUrgent;
    case Priority::kRoutine:
      return kRoutine;
    case Priority::kScreening:
      return kScreening;
  }
  return kUrgent;
}

const Policy& default_policy() {
  static const Policy policy;
  return policy;
}

}  // namespace ecg::domain
