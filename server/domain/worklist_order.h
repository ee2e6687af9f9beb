// The order of every worklist: class, then deadline, then arrival. Suspected critical results are STAT and so
// on top.
#pragma once

#include <compare>

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "server/domain/policy.h"
#include "server/domain/priority.h"
#include "server/domain/study.h"

namespace ecg::domain {

// Ascending order is reading order. Total: no two studies have equal keys.
struct WorklistKey {
  Priority priority = Priority::kUrgent;
  Timestamp due_at{};
  Timestamp received_at{};
  StudyId id;
  friend auto operator<=>(const WorklistKey&, const WorklistKey&) = default;
};

// A study without received_at sorts behind those of its class that have one.
WorklistKey worklist_key(const Study& study, const Policy& policy = default_policy());

// True when a waits before b.
bool reads_before(const Study& a, const Study& b, const Policy& policy = default_policy());

}  // namespace ecg::domain
