#include "server/api/web/fan_out.h"

#include "common/base/log.h"
#include "server/api/web/projection.h"

namespace ecg::web {
namespace {

void tell_study(store::Store& store, EventHub& events, const StudyId& id) {
  v1::StudyChanged changed;
  const auto read = store.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(const auto record, snapshot.find_study(id));
    if (!record) return Error{ErrorCode::kNotFound, "study " + id.value};
    SiteNames sites(snapshot);
    ECG_ASSIGN(*changed.mutable_study(), study_summary(snapshot, *record, sites));
    changed.set_on_worklist(on_worklist(record->study.state));
    return {};
  });
  if (read.ok()) {
    events.study_changed(changed);
  } else {
    log::warning("event_not_told", read.error());
  }
}

}  // namespace

Result<std::unique_ptr<store::EventFollower>> start_fan_out(store::Store& store, EventHub& events) {
  std::uint64_t last = 0;
  ECG_TRY(store.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(last, snapshot.last_event());
    return {};
  }));
  return std::make_unique<store::EventFollower>(store, "pages", last, [&](const store::EventRecord& event) {
    if (events.subscribers() == 0) return;
    switch (event.kind) {
      case store::EventKind::kStudyChanged:
      case store::EventKind::kCriticalChanged:
      case store::EventKind::kReportRendered:
        return tell_study(store, events, event.study);
      case store::EventKind::kSiteChanged:
      case store::EventKind::kSettingsChanged:
        return events.site_changed(event.site.value);
      case store::EventKind::kEffect:
        return;
    }
  });
}

}  // namespace ecg::web
