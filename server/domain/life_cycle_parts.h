// The guards and actions that the table in life_cycle.cc is written with.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "server/domain/effect.h"
#include "server/domain/policy.h"
#include "server/domain/study.h"
#include "server/domain/study_event.h"

namespace ecg::domain {

struct Situation {
  const Study& study;
  const Event& event;
  Timestamp now;
  const Policy& policy;
};

struct Verdict {
  enum class Kind : std::uint8_t {
    kYes,
    kOtherRow,  // this row does not apply; the next one that matches may
    kNothing,   // the event is ignored
    kRefused,
  };
  Kind kind = Kind::kYes;
  ErrorCode code = ErrorCode::kEventRefused;
  std::string_view why = {};
};

using Guard = Verdict (*)(const Situation&);

struct Change {
  Study study;
  const Event& event;
  Timestamp now;
  const Policy& policy;
  Effects effects = {};
};

using Action = void (*)(Change&);

namespace guards {
Verdict always(const Situation&);
Verdict has_reason(const Situation&);
// Recordings
// A gateway counts recordings that it never sends too, so a newer attempt need not be the next number.
Verdict newer_capture(const Situation&);
Verdict newer_attempt(const Situation&);
Verdict is_retake(const Situation&);  // an earlier recording is held
Verdict is_stat_retake(const Situation&);
Verdict no_samples_ordered(const Situation&);
Verdict no_samples_unordered(const Situation&);
Verdict samples_exist(const Situation&);
Verdict first_digest_equal(const Situation&);  // no recording is held
Verdict newer_digest_equal(const Situation&);  // the held one is of an earlier attempt
// Analysis
Verdict readable_or_stat(const Situation&);  // after the findings have raised the class
Verdict poor_not_stat(const Situation&);
Verdict not_analysed_yet(const Situation&);
// Time
Verdict order_is_old(const Situation&);
Verdict retake_is_late(const Situation&);
Verdict lease_is_over(const Situation&);
Verdict step_is_due(const Situation&);
// Readers
Verdict has_reader(const Situation&);   // a router or a claim names who
Verdict free_or_own(const Situation&);  // a claim while a lease exists
Verdict by_holder(const Situation&);
Verdict by_holder_with_reason(const Situation&);
Verdict rejects_signal(const Situation&);  // by the holder, with a reason, not STAT
Verdict late_stat_of_other(const Situation&);
Verdict signs_first_level(const Situation&);
Verdict signs_final(const Situation&);
Verdict not_first_reader(const Situation&);
Verdict next_version(const Situation&);
Verdict acknowledged_and_nothing_open(const Situation&);
Verdict acknowledged_but_open(const Situation&);
Verdict last_open_and_acknowledged(const Situation&);
Verdict something_open(const Situation&);
// Class
Verdict raises(const Situation&);
Verdict raises_to_stat(const Situation&);
Verdict lowers_by_person(const Situation&);
Verdict new_tier(const Situation&);
Verdict new_critical(const Situation&);  // tier CRITICAL
}  // namespace guards

namespace actions {
void take_order(Change&);
void take_request(Change&);  // class, times and attempt of a study seen for the first time
void mark_partial(Change&);
void take_recording(Change&);        // SLA clock, analysis, receipt
void take_newer_recording(Change&);  // it counts from now on
void start_analysis(Change&);
void take_findings(Change&);
void mark_not_analysed(Change&);
void raise(Change&);
void lower(Change&);
void note_critical(Change&);
void clear_critical(Change&);
void offer(Change&);  // to the study's pool
void offer_to_duty(Change&);
void refer_to_expert(Change&);
void expert_claims(Change&);
void assign(Change&);
void open(Change&);
void renew(Change&);
void end_lease(Change&);
void take_over(Change&);
void sign_first_level(Change&);
void sign_final(Change&);
void confirm(Change&);
void give_back(Change&);  // to the first reader, with a lease
void amend(Change&);
void mark_acknowledged(Change&);
void escalate(Change&);
void tell_saved(Change&);
void tell_uploading(Change&);
void ask_retake(Change&);
void ask_retake_if_poor(Change&);
void tell_read_as_it_is(Change&);
void tell_quarantined(Change&);
void tell_voided(Change&);
}  // namespace actions

// A recording is held, and a better one was asked for and is not complete yet. state_since is when it was
// asked for.
bool waits_for_retake(const Study& study);

// Steps of the study's present ladder that are due and not taken yet.
int steps_due(const Study& study, const Policy& policy, Timestamp now);
// When the next step of the present ladder falls due; empty when none is left or no clock runs.
std::optional<Timestamp> next_step_at(const Study& study, const Policy& policy);

}  // namespace ecg::domain
