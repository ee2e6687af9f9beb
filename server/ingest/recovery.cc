#include "server/ingest/recovery.h"

#include "server/store/study_change.h"

namespace ecg::ingest {

Result<void> note_lost_lines(store::Store& store, const Clock& clock) {
  for (;;) {
    std::vector<store::StudyRecord> uploading;
    ECG_TRY(store.read([&](const store::Snapshot& snapshot) -> Result<void> {
      store::StudiesQuery query;
      query.states = {domain::StudyState::kUploading};
      query.limit = limits::kWorklistPageMax;
      ECG_ASSIGN(uploading, snapshot.studies(query));
      return {};
    }));
    if (uploading.empty()) return {};
    ECG_TRY(store.write_wait([&](store::Transaction& transaction) -> Result<void> {
      domain::Event event;
      event.kind = domain::StudyEvent::kLineLost;
      for (const auto& study : uploading) {
        ECG_ASSIGN(const auto changed, store::change_study(transaction, study.study.id, event, clock.now()));
        (void)changed;
      }
      return {};
    }));
  }
}

}  // namespace ecg::ingest
