#include <optional>

#include "dsp/interpret/statements.h"
#include "server/reading/acts.h"

namespace ecg::reading {
namespace {

using domain::CriticalEvent;
using domain::CriticalState;

store::CriticalRecord stated_by_reader(const store::StudyRecord& study, Timestamp now) {
  store::CriticalRecord record;
  record.study = study.study.id;
  record.site = study.study.site;
  record.result.detected_at = now;
  return record;
}

Result<void> check(const Desk::Decision& decision) {
  if (decision.text.size() > limits::kShortTextBytesMax)
    return Error{ErrorCode::kInvalidField, "text: too long"};
  if (decision.codes.size() > limits::kFindingsMax) return Error{ErrorCode::kTooLarge, "codes"};
  for (const auto& code : decision.codes) {
    if (dsp::statement_text(code) == nullptr)
      return Error{ErrorCode::kInvalidField, "codes: not in the dictionary"};
  }
  return {};
}

// The study's own view of whether something critical is open.
Result<void> tell_study(store::Transaction& transaction, const Reader& reader,
                        const store::CriticalRecord& critical, bool confirm, Timestamp now) {
  domain::Event event =
      event_by(reader, confirm ? domain::StudyEvent::kCriticalFound : domain::StudyEvent::kCriticalClosed);
  if (confirm) event.tier = critical.result.tier;
  ECG_ASSIGN(const auto change, store::change_study(transaction, critical.study, event, now));
  (void)change;
  store::EventRecord changed;
  changed.kind = store::EventKind::kCriticalChanged;
  changed.study = critical.study;
  changed.site = critical.site;
  changed.at = now;
  return transaction.append_event(changed);
}

}  // namespace

Result<CriticalState> Desk::decide_critical(const Reader& reader, const StudyId& study, std::uint64_t token,
                                            const Decision& decision) {
  ECG_TRY(check(decision));
  const Timestamp now = clock_.now();
  return write_for<CriticalState>(store_, [&](store::Transaction& transaction) -> Result<CriticalState> {
    ECG_ASSIGN(
        const auto activity,
        store::change_study(transaction, study, event_by(reader, domain::StudyEvent::kActivity, token), now));
    ECG_ASSIGN(auto found, transaction.find_critical(study));
    const bool over = !found || found->result.state == CriticalState::kRefuted;
    if (over && !decision.confirm) {
      if (found) return CriticalState::kRefuted;
      return Error{ErrorCode::kEventRefused, "study " + study.value + ": nothing is suspected"};
    }
    store::CriticalRecord critical = over ? stated_by_reader(activity.study, now) : std::move(*found);
    const domain::CriticalInput input{decision.confirm ? CriticalEvent::kConfirm : CriticalEvent::kRefute,
                                      reader.id, decision.text};
    ECG_ASSIGN(const auto after, domain::apply(critical.result, input, now));
    if (after == critical.result && !over) return after.state;
    critical.result = after;
    if (!decision.codes.empty()) critical.codes = decision.codes;
    if (critical.codes.empty() && decision.confirm) return Error{ErrorCode::kInvalidField, "codes"};
    critical.text = decision.text;
    if (decision.confirm) {
      critical.confirmed_by = reader.id;
      critical.confirmed_by_name = reader.name;
    }
    ECG_TRY(transaction.put_critical(critical));
    ECG_TRY(tell_study(transaction, reader, critical, decision.confirm, now));
    return after.state;
  });
}

}  // namespace ecg::reading
