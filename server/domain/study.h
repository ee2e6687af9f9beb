// The part of a study that the rules of the workflow look at. Patient and samples are elsewhere.
#pragma once

#include <cstdint>
#include <optional>

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "server/domain/critical_result.h"
#include "server/domain/policy.h"
#include "server/domain/priority.h"
#include "server/domain/report_status.h"
#include "server/domain/study_state.h"

namespace ecg::domain {

enum class LeaseKind : std::uint8_t {
  kAssignment,  // claimed or routed, not opened yet
  kReading,     // open at a reader; renewed by activity
};

// The right of one reader to one study. token is a fencing token: it grows with every new lease of the study,
// and an event that carries an older one is refused, however late it arrives.
struct Lease {
  PersonId holder;
  std::uint64_t token = 0;
  Timestamp expires_at{};  // the lease still holds at this instant and has ended after it
  LeaseKind kind = LeaseKind::kAssignment;
  friend bool operator==(const Lease&, const Lease&) = default;
};

struct Study {
  StudyId id;
  SiteId site;
  StudyState state = StudyState::kAbsent;
  Timestamp state_since{};
  IdentityState identity = IdentityState::kUnidentified;
  QualityState quality = QualityState::kUnknown;

  Priority requested = Priority::kUrgent;     // what the clinic asked for
  Priority priority = Priority::kUrgent;      // what holds
  std::optional<CriticalTier> open_critical;  // a result is suspected or confirmed and not closed
  bool not_analysed = true;                   // no finished analysis of the present recording
  bool ordered = false;                       // false: walk-in without an order
  bool partial = false;                       // the recording ended before its planned length
  int attempt = 1;                            // which recording counts; a newer one does when complete

  SigningPolicy signing = SigningPolicy::kOneLevel;
  bool release_preliminary =
      false;  // preliminary reports leave the center even when neither STAT nor critical
  Pool pool = Pool::kDuty;
  std::optional<Lease> lease;                 // exactly in ASSIGNED and READING
  std::uint64_t last_token = 0;               // of the newest lease ever given; never falls
  PersonId first_reader;                      // who signed first
  PersonId final_reader;                      // who signed the version that is final
  std::uint64_t signed_token = 0;             // of the lease under which was signed last; 0 before
  int report_version = 0;                     // signed versions so far
  std::optional<ReportStatus> report_status;  // of the present version
  bool acknowledged = false;                  // every due recipient has acknowledged the present version
  int escalations = 0;                        // steps of the class's ladder already taken

  std::optional<Timestamp> ordered_at;
  std::optional<Timestamp> acquired_at;
  std::optional<Timestamp> received_at;  // SLA clock; from the first complete recording
  std::optional<Timestamp> opened_at;    // first time a reader opened it
  std::optional<Timestamp> signed_at;    // of the present version

  friend bool operator==(const Study&, const Study&) = default;
};

// When the next signature is wanted, for order and display: the first signature's target, or the final limit
// once a preliminary report exists. Empty before received_at and after the last signature.
std::optional<Timestamp> due_at(const Study& study, const Policy& policy = default_policy());

// When the next signature counts as late. Empty in the same cases.
std::optional<Timestamp> late_at(const Study& study, const Policy& policy = default_policy());

// True when that reader has the lease with that token at that time.
bool holds_lease(const Study& study, const PersonId& reader, std::uint64_t token, Timestamp now);

}  // namespace ecg::domain
