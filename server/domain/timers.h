// Which event time itself will bring to a study next, so that one sleeper can serve them all.
#pragma once

#include <optional>

#include "common/base/clock.h"
#include "server/domain/policy.h"
#include "server/domain/study.h"
#include "server/domain/study_event.h"

namespace ecg::domain {

struct Timer {
  Timestamp at{};  // apply() with the event does something from then on
  StudyEvent event = StudyEvent::kEscalationDue;
  friend bool operator==(const Timer&, const Timer&) = default;
};

// The earliest one; empty when no time runs. It may lie in the past after a restart: apply it at once, and
// ask again.
std::optional<Timer> next_timer(const Study& study, const Policy& policy = default_policy());

}  // namespace ecg::domain
