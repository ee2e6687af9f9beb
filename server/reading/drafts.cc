#include "server/reading/acts.h"

namespace ecg::reading {

Result<Desk::SavedDraft> Desk::save_draft(const Reader& reader, const StudyId& study, std::uint64_t token,
                                          const Content& content, std::uint64_t based_on) {
  const Timestamp now = clock_.now();
  v1::Draft draft;
  draft.mutable_findings()->Assign(content.findings.begin(), content.findings.end());
  draft.set_text(content.text);
  draft.set_advice(content.advice);
  draft.mutable_saved_at()->set_seconds(to_micros(now) / 1'000'000);
  draft.set_revision(based_on + 1);
  const std::string serialised = draft.SerializeAsString();
  return write_for<SavedDraft>(store_, [&](store::Transaction& transaction) -> Result<SavedDraft> {
    ECG_ASSIGN(
        const auto change,
        store::change_study(transaction, study, event_by(reader, domain::StudyEvent::kActivity, token), now));
    if (!change.study.study.lease) return Error{ErrorCode::kLeaseLost, "study " + study.value};
    ECG_ASSIGN(const auto present, transaction.find_draft(study));
    const std::uint64_t revision = present ? present->revision : 0;
    if (revision != based_on) return Error{ErrorCode::kStale, "draft of study " + study.value};
    ECG_TRY(transaction.put_draft({study, reader.id, serialised, revision + 1, now}));
    return SavedDraft{revision + 1, *change.study.study.lease};
  });
}

}  // namespace ecg::reading
