// How every stage moves a study: the life cycle decides, and the study and what follows from it are stored
// together.
#pragma once

#include <functional>

#include "server/domain/life_cycle.h"
#include "server/store/store.h"

namespace ecg::store {

struct StudyChange {
  domain::Outcome outcome = domain::Outcome::kChanged;  // kIgnored: a repeat; nothing was written
  StudyRecord study;                                    // as it stands now
};

// Fields beside domain::Study that change with it; called only when the event changes the study.
using StudyEdit = std::function<void(StudyRecord&)>;

// Applies the event to a stored study, stores it, and appends kStudyChanged and one kEffect for each effect,
// in order. Errors: kNotFound, those of domain::apply (nothing is written).
Result<StudyChange> change_study(Transaction& transaction, const StudyId& id, const domain::Event& event,
                                 Timestamp now, const StudyEdit& edit = {});

// The same for a study that may be new: record as it would be before the event (state kAbsent).
Result<StudyChange> change_study(Transaction& transaction, StudyRecord record, const domain::Event& event,
                                 Timestamp now, const StudyEdit& edit = {});

// Stores a study of which only fields beside the life cycle changed, and tells whoever shows it.
Result<void> save_study(Transaction& transaction, const StudyRecord& record, Timestamp now);

}  // namespace ecg::store
