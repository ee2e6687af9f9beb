#include "server/store/study_change.h"

#include <utility>

namespace ecg::store {

namespace {

Result<void> append_study_changed(Transaction& transaction, const StudyRecord& record, Timestamp now) {
  EventRecord event;
  event.kind = EventKind::kStudyChanged;
  event.study = record.study.id;
  event.site = record.study.site;
  event.at = now;
  return transaction.append_event(event);
}

Result<void> append_effects(Transaction& transaction, const StudyRecord& record,
                            const domain::Effects& effects, Timestamp now) {
  for (const auto& effect : effects) {
    EventRecord event;
    event.kind = EventKind::kEffect;
    event.study = record.study.id;
    event.site = record.study.site;
    event.at = now;
    event.effect = effect;
    ECG_TRY(transaction.append_event(event));
  }
  return {};
}

}  // namespace

Result<StudyChange> change_study(Transaction& transaction, const StudyId& id, const domain::Event& event,
                                 Timestamp now, const StudyEdit& edit) {
  ECG_ASSIGN(auto found, transaction.find_study(id));
  if (!found) return Error{ErrorCode::kNotFound, id.value};
  return change_study(transaction, std::move(*found), event, now, edit);
}

Result<StudyChange> change_study(Transaction& transaction, StudyRecord record, const domain::Event& event,
                                 Timestamp now, const StudyEdit& edit) {
  ECG_ASSIGN(auto transition, domain::apply(record.study, event, now));
  if (transition.outcome == domain::Outcome::kIgnored)
    return StudyChange{transition.outcome, std::move(record)};
  record.study = std::move(transition.study);
  if (edit) edit(record);
  ECG_TRY(save_study(transaction, record, now));
  ECG_TRY(append_effects(transaction, record, transition.effects, now));
  return StudyChange{transition.outcome, std::move(record)};
}

Result<void> save_study(Transaction& transaction, const StudyRecord& record, Timestamp now) {
  ECG_TRY(transaction.put_study(record));
  return append_study_changed(transaction, record, now);
}

}  // namespace ecg::store
