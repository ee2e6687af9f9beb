// What the acts of the desk have in common. For the .cc files of this folder.
#pragma once

#include <utility>

#include "server/reading/desk.h"
#include "server/store/study_change.h"

namespace ecg::reading {

inline domain::Event event_by(const Reader& reader, domain::StudyEvent kind, std::uint64_t token = 0) {
  domain::Event event;
  event.kind = kind;
  event.actor = reader.id;
  event.token = token;
  return event;
}

// The study, when the reader may see it. Errors: kNotFound, kWrongSite.
inline Result<store::StudyRecord> find_in_scope(const store::Snapshot& snapshot, const Reader& reader,
                                                const StudyId& id) {
  ECG_ASSIGN(auto found, snapshot.find_study(id));
  if (!found) return Error{ErrorCode::kNotFound, "study " + id.value};
  if (!reader.scope.empty() && found->study.site != reader.scope) {
    return Error{ErrorCode::kWrongSite, "study " + id.value};
  }
  return std::move(*found);
}

// A write that answers a value once it is durable.
template <class T, class Act>
Result<T> write_for(store::Store& store, Act&& act) {
  std::optional<T> answer;
  ECG_TRY(store.write_wait([&](store::Transaction& transaction) -> Result<void> {
    ECG_ASSIGN(answer, act(transaction));
    return {};
  }));
  return std::move(*answer);
}

}  // namespace ecg::reading
