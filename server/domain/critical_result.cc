#include "server/domain/critical_result.h"

#include <algorithm>

#include "server/domain/named.h"

namespace ecg::domain {
namespace {

using S = CriticalState;
using E = CriticalEvent;

constexpr Named<CriticalTier> kTiers[] = {
    {CriticalTier::kCritical, "CRITICAL", "critical value", "危急值"},
    {CriticalTier::kMajorPositive, "MAJOR_POSITIVE", "major positive", "重大阳性值"},
};
static_assert(in_order(kTiers));

constexpr Named<S> kStates[] = {
    {S::kDetected, "DETECTED", "suspected", "待确认"},
    {S::kConfirmed, "CONFIRMED", "confirmed, to be notified", "待通知"},
    {S::kNotified, "NOTIFIED", "notified", "已通知"},
    {S::kAcknowledged, "ACKNOWLEDGED", "acknowledged", "已接收"},
    {S::kHandled, "HANDLED", "handled", "已处理"},
    {S::kClosed, "CLOSED", "recorded", "已记录"},
    {S::kRefuted, "REFUTED", "refuted", "排除"},
};
static_assert(in_order(kStates));

constexpr Named<E> kEvents[] = {
    {E::kConfirm, "CONFIRM", "", ""},
    {E::kConfirmationTimedOut, "CONFIRMATION_TIMED_OUT", "", ""},
    {E::kRefute, "REFUTE", "", ""},
    {E::kNotify, "NOTIFY", "", ""},
    {E::kAcknowledge, "ACKNOWLEDGE", "", ""},
    {E::kHandle, "HANDLE", "", ""},
    {E::kClose, "CLOSE", "", ""},
};
static_assert(in_order(kEvents));

enum class Rule : std::uint8_t { kRefused, kAlready, kMoves };
struct Row {
  Rule rule = Rule::kRefused;
  S to = S::kDetected;
};

// Once notified without a reader's word, confirming and refuting are still possible: the words at the clinic
// change.
Row lookup(const CriticalResult& result, E event) {
  const bool reached =
      result.state == S::kNotified || result.state == S::kAcknowledged || result.state == S::kHandled;
  switch (event) {
    case E::kConfirm:
      if (result.state == S::kDetected) return {Rule::kMoves, S::kConfirmed};
      if (result.state == S::kRefuted) return {};
      if (result.confirmed) return {Rule::kAlready};
      return reached ? Row{Rule::kMoves, result.state} : Row{};
    case E::kRefute:
      if (result.state == S::kRefuted) return {Rule::kAlready};
      if (result.state == S::kDetected || (reached && !result.confirmed)) return {Rule::kMoves, S::kRefuted};
      return {};
    case E::kConfirmationTimedOut:
      return result.state == S::kDetected ? Row{Rule::kMoves, S::kNotified} : Row{Rule::kAlready};
    case E::kNotify:
      if (result.state == S::kConfirmed) return {Rule::kMoves, S::kNotified};
      return result.notified_at ? Row{Rule::kAlready} : Row{};
    case E::kAcknowledge:
      if (result.state == S::kNotified) return {Rule::kMoves, S::kAcknowledged};
      return result.acknowledged_at ? Row{Rule::kAlready} : Row{};
    case E::kHandle:
      if (result.state == S::kAcknowledged) return {Rule::kMoves, S::kHandled};
      return result.handled_at ? Row{Rule::kAlready} : Row{};
    case E::kClose:
      if (result.state == S::kHandled) return {Rule::kMoves, S::kClosed};
      return result.state == S::kClosed ? Row{Rule::kAlready} : Row{};
  }
  return {};
}

Error refused(const CriticalResult& result, E event) {
  return Error{ErrorCode::kEventRefused,
               "critical result: " + std::string(name(event)) + " in " + std::string(name(result.state))};
}

Result<void> check(const CriticalResult& result, const CriticalInput& input, Timestamp now) {
  const auto missing = [](const char* what) {
    return Error{ErrorCode::kInvalidField, std::string("critical result: ") + what + " is missing"};
  };
  const bool by_person = input.event != E::kConfirmationTimedOut && input.event != E::kNotify;
  if (by_person && input.actor.empty()) return missing("a named person");
  switch (input.event) {
    case E::kConfirmationTimedOut:
      if (result.tier != CriticalTier::kCritical || now < result.detected_at + kConfirmationLimit) {
        return refused(result, input.event);
      }
      break;
    case E::kAcknowledge:
      if (result.tier == CriticalTier::kCritical && input.words.empty()) return missing("the read-back");
      break;
    case E::kHandle:
      if (input.words.empty()) return missing("the action taken");
      break;
    case E::kRefute:
      if (input.words.empty()) return missing("the reason");
      break;
    default:
      break;
  }
  return {};
}

}  // namespace

std::string_view name(CriticalTier tier) {
  return row(kTiers, tier).name;
}
std::string_view name(CriticalState state) {
  return row(kStates, state).name;
}
std::string_view name(CriticalEvent event) {
  return row(kEvents, event).name;
}
std::optional<CriticalTier> parse_critical_tier(std::string_view text) {
  return find_named(kTiers, text);
}
std::optional<CriticalState> parse_critical_state(std::string_view text) {
  return find_named(kStates, text);
}
std::string_view text(CriticalTier tier, Language language) {
  return words(kTiers, tier, language);
}
std::string_view text(CriticalState state, Language language) {
  return words(kStates, state, language);
}

Result<CriticalResult> apply(const CriticalResult& result, const CriticalInput& input, Timestamp now) {
  const Row found = lookup(result, input.event);
  if (found.rule == Rule::kRefused) return refused(result, input.event);
  if (found.rule == Rule::kAlready) return result;
  ECG_TRY(check(result, input, now));
  CriticalResult next = result;
  next.state = found.to;
  switch (input.event) {
    case E::kConfirm:
      next.confirmed = true;
      next.confirmed_at = now;
      break;
    case E::kConfirmationTimedOut:
    case E::kNotify:
      next.notified_at = now;
      break;
    case E::kAcknowledge:
      next.acknowledged_at = now;
      break;
    case E::kHandle:
      next.handled_at = now;
      break;
    case E::kRefute:
    case E::kClose:
      next.closed_at = now;
      break;
  }
  return next;
}

AlertsDue alerts_due(const CriticalResult& result, Timestamp now) {
  if (result.state != S::kNotified || !result.notified_at || result.tier != CriticalTier::kCritical)
    return {};
  const Duration waited = std::max(Duration{0}, now - *result.notified_at);
  return {1 + static_cast<int>(std::min(waited, kRealertFor) / kRealertEvery),
          1 + static_cast<int>(waited / kNextInChain)};
}

}  // namespace ecg::domain
