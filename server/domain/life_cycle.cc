#include "server/domain/life_cycle.h"

#include <array>
#include <initializer_list>
#include <string>
#include <utility>

#include "server/domain/life_cycle_parts.h"

namespace ecg::domain {
namespace {

using S = StudyState;
using E = StudyEvent;

struct StateSet {
  std::uint32_t bits = 0;
  constexpr StateSet(std::initializer_list<S> states) {
    for (const S state : states) bits |= 1u << static_cast<unsigned>(state);
  }
  constexpr bool has(S state) const { return (bits >> static_cast<unsigned>(state) & 1u) != 0; }
};

// Where a transition leads: a state, or the same one.
struct To {
  bool moves;
  S state;
  constexpr To(S to) : moves(true), state(to) {}  // NOLINT: a table reads better without a constructor's name
  constexpr To(bool) : moves(false), state(S::kAbsent) {}
};
constexpr To kSame{false};

struct Row {
  std::string_view rule;
  StateSet from;
  E event;
  To to;
  Guard guard = guards::always;
  std::array<Action, 5> actions = {};
};

using namespace guards;   // NOLINT: the table is the only user
using namespace actions;  // NOLINT

// Rows of the same state and event are tried in order; the first whose guard answers anything but "another
// row" wins.
const Row kTable[] = {
    // The clinic. The gateway owns these states; the center hears of a study at the latest when its upload
    // opens.
    {"T1", {S::kAbsent}, E::kOrderRegistered, S::kOrdered, always, {take_order}},
    {"T1", {S::kOrdered}, E::kOrderExpired, S::kCancelled, order_is_old, {tell_voided}},
    {"T2", {S::kAbsent}, E::kCaptureStarted, S::kAcquiring, always, {take_request}},
    {"T2", {S::kOrdered}, E::kCaptureStarted, S::kAcquiring},
    {"T3", {S::kAcquiring}, E::kCaptureAborted, S::kBuffered, samples_exist, {mark_partial, tell_saved}},
    {"T3", {S::kAcquiring}, E::kCaptureAborted, S::kRetake, is_retake},
    {"T3", {S::kAcquiring}, E::kCaptureAborted, S::kOrdered, no_samples_ordered},
    {"T3", {S::kAcquiring}, E::kCaptureAborted, S::kCancelled, no_samples_unordered, {tell_voided}},
    {"T4", {S::kAcquiring}, E::kRecordingClosed, S::kBuffered, always, {tell_saved}},
    {"T5", {S::kAbsent}, E::kUploadOpened, S::kUploading, always, {take_request, tell_uploading}},
    {"T5",
     {S::kOrdered, S::kAcquiring, S::kBuffered},
     E::kUploadOpened,
     S::kUploading,
     always,
     {tell_uploading}},
    // The recording that is held counts until the newer one is complete.
    {"T5", {S::kRetake}, E::kUploadOpened, S::kUploading, newer_attempt, {tell_uploading}},
    {"T6", {S::kUploading}, E::kLineLost, S::kQueued, is_stat_retake, {offer, tell_read_as_it_is}},
    {"T6", {S::kUploading}, E::kLineLost, S::kRetake, is_retake},
    {"T6", {S::kUploading}, E::kLineLost, S::kBuffered},
    {"T7", {S::kUploading}, E::kAllChunksStored, S::kReceived, first_digest_equal, {take_recording}},
    {"T7",
     {S::kUploading, S::kReceived, S::kQc, S::kQuarantined},
     E::kAllChunksStored,
     S::kReceived,
     newer_digest_equal,
     {take_newer_recording}},
    {"T7", {S::kAbsent}, E::kExcerptCut, S::kReceived, always, {take_request, take_recording}},
    {"T7",
     {S::kQueued, S::kReferred},
     E::kAllChunksStored,
     kSame,
     newer_digest_equal,
     {take_newer_recording}},
    {"T7",  // nobody signs under a lease that was given for another trace
     {S::kAssigned, S::kReading},
     E::kAllChunksStored,
     S::kQueued,
     newer_digest_equal,
     {end_lease, take_newer_recording, offer}},

    // Quality control.
    {"T8", {S::kReceived}, E::kAnalysisStarted, S::kQc},
    {"T9", {S::kReceived, S::kQc}, E::kUnreadable, S::kQuarantined, has_reason, {tell_quarantined}},
    {"T10", {S::kQuarantined}, E::kReprocessed, S::kReceived, always, {start_analysis}},
    {"T10", {S::kQuarantined}, E::kDiscarded, S::kRejected, has_reason, {tell_voided}},
    {"T11",
     {S::kQc},
     E::kAnalysisDone,
     S::kQueued,
     readable_or_stat,
     {take_findings, offer, ask_retake_if_poor}},
    {"T12", {S::kQc}, E::kAnalysisDone, S::kRetake, poor_not_stat, {take_findings, ask_retake}},
    {"T11", {S::kReceived, S::kQc}, E::kAnalysisFailed, S::kQueued, always, {mark_not_analysed, offer}},
    {"T11",  // a later try succeeds, or a better recording was taken
     {S::kQueued, S::kAssigned, S::kReading, S::kReferred},
     E::kAnalysisDone,
     kSame,
     not_analysed_yet,
     {take_findings}},
    {"T13", {S::kRetake}, E::kCaptureStarted, S::kAcquiring, newer_capture},
    {"T14", {S::kRetake}, E::kRetakeImpossible, S::kQueued, always, {offer, tell_read_as_it_is}},
    {"T14",  // a retake that is still on its way is taken when it comes
     {S::kRetake, S::kAcquiring, S::kBuffered, S::kUploading},
     E::kRetakeTimedOut,
     S::kQueued,
     retake_is_late,
     {offer, tell_read_as_it_is}},

    // Reading.
    {"T15", {S::kQueued}, E::kClaimed, S::kAssigned, has_reader, {assign}},
    {"T15", {S::kQueued}, E::kRouted, S::kAssigned, has_reader, {assign}},
    {"T15", {S::kAssigned, S::kReading}, E::kClaimed, S::kAssigned, free_or_own, {end_lease, assign}},
    {"T16", {S::kAssigned}, E::kReleased, S::kQueued, by_holder, {end_lease, offer}},
    {"T16", {S::kAssigned}, E::kDeclined, S::kQueued, by_holder_with_reason, {end_lease, offer}},
    {"T16", {S::kAssigned}, E::kLeaseExpired, S::kQueued, lease_is_over, {end_lease, offer}},
    {"T17", {S::kAssigned}, E::kOpened, S::kReading, by_holder, {open}},
    {"T18", {S::kReading}, E::kReleased, S::kQueued, by_holder, {end_lease, offer}},
    {"T18", {S::kReading}, E::kDeclined, S::kQueued, by_holder_with_reason, {end_lease, offer}},
    {"T18", {S::kReading}, E::kLeaseExpired, S::kQueued, lease_is_over, {end_lease, offer}},
    {"L1", {S::kReading}, E::kActivity, kSame, by_holder, {renew}},
    {"L2", {S::kReading}, E::kTakenOver, kSame, late_stat_of_other, {take_over}},
    {"T19", {S::kReading}, E::kSignalRejected, S::kRetake, rejects_signal, {end_lease, ask_retake}},
    {"T20", {S::kReading}, E::kSigned, S::kPreliminary, signs_first_level, {sign_first_level}},
    {"T21", {S::kReading}, E::kSigned, S::kFinal, signs_final, {sign_final}},
    {"T22", {S::kPreliminary}, E::kConfirmed, S::kFinal, not_first_reader, {confirm}},
    {"T23", {S::kPreliminary}, E::kReturned, S::kReading, has_reason, {give_back}},
    {"T24", {S::kReading}, E::kReferred, S::kReferred, by_holder_with_reason, {end_lease, refer_to_expert}},
    {"T25", {S::kReferred}, E::kClaimed, S::kAssigned, has_reader, {expert_claims, assign}},
    {"T25", {S::kReferred}, E::kDeclined, S::kQueued, has_reason, {offer_to_duty}},
    {"T25", {S::kReferred}, E::kReferralLapsed, S::kQueued, always, {offer_to_duty}},
    {"T25", {S::kReferred}, E::kRecalled, S::kQueued, always, {offer_to_duty}},

    // After the signature.
    {"T26", {S::kFinal}, E::kAllAcknowledged, S::kClosed, acknowledged_and_nothing_open, {mark_acknowledged}},
    {"T26", {S::kFinal}, E::kAllAcknowledged, kSame, acknowledged_but_open, {mark_acknowledged}},
    {"T26", {S::kFinal}, E::kCriticalClosed, S::kClosed, last_open_and_acknowledged, {clear_critical}},
    {"T27", {S::kFinal, S::kClosed}, E::kAmended, S::kFinal, next_version, {amend}},
    {"T28",
     {S::kOrdered, S::kAcquiring, S::kRetake},
     E::kCancelled,
     S::kCancelled,
     has_reason,
     {tell_voided}},
    {"T29", {S::kQueued}, E::kRejected, S::kRejected, has_reason, {tell_voided}},

    // Class and critical results. A study that becomes STAT does not go on waiting for a better recording.
    {"P1", {S::kRetake}, E::kPriorityRaised, S::kQueued, raises_to_stat, {raise, offer}},
    {"P1",
     {S::kOrdered, S::kAcquiring, S::kBuffered, S::kUploading, S::kReceived, S::kQc, S::kRetake,
      S::kQuarantined, S::kQueued, S::kAssigned, S::kReading, S::kPreliminary, S::kReferred},
     E::kPriorityRaised,
     kSame,
     raises,
     {raise}},
    {"P2",
     {S::kOrdered, S::kAcquiring, S::kBuffered, S::kUploading, S::kReceived, S::kQc, S::kRetake,
      S::kQuarantined, S::kQueued, S::kAssigned, S::kReading, S::kPreliminary, S::kReferred},
     E::kPriorityLowered,
     kSame,
     lowers_by_person,
     {lower}},
    {"C1", {S::kRetake}, E::kCriticalFound, S::kQueued, new_critical, {note_critical, offer}},
    {"C1",
     {S::kUploading, S::kReceived, S::kQc, S::kRetake, S::kQueued, S::kAssigned, S::kReading, S::kPreliminary,
      S::kReferred, S::kFinal},
     E::kCriticalFound,
     kSame,
     new_tier,
     {note_critical}},
    {"C2",
     {S::kUploading, S::kReceived, S::kQc, S::kRetake, S::kQueued, S::kAssigned, S::kReading, S::kPreliminary,
      S::kReferred, S::kFinal},
     E::kCriticalClosed,
     kSame,
     something_open,
     {clear_critical}},
    {"E1",
     {S::kQueued, S::kAssigned, S::kReading, S::kPreliminary, S::kReferred},
     E::kEscalationDue,
     kSame,
     step_is_due,
     {escalate}},
};

constexpr StateSet kKnown = {
    S::kOrdered,  S::kAcquiring,   S::kBuffered, S::kUploading, S::kReceived, S::kQc,
    S::kRetake,   S::kQuarantined, S::kQueued,   S::kAssigned,  S::kReading,  S::kPreliminary,
    S::kReferred, S::kFinal,       S::kClosed,   S::kCancelled, S::kRejected,
};
constexpr StateSet kHasRecording = {
    S::kReceived, S::kQc,          S::kRetake,   S::kQuarantined, S::kQueued, S::kAssigned,
    S::kReading,  S::kPreliminary, S::kReferred, S::kFinal,       S::kClosed, S::kRejected,
};
constexpr StateSet kPastQc = {
    S::kRetake,   S::kQueued, S::kAssigned, S::kReading,  S::kPreliminary,
    S::kReferred, S::kFinal,  S::kClosed,   S::kRejected,
};

// Events that have happened already when the study stands here, or whose time has passed: a repeat is
// success.
struct Already {
  E event;
  StateSet in;
};
constexpr Already kAlready[] = {
    {E::kOrderRegistered, kKnown},
    {E::kOrderExpired, kKnown},
    {E::kCaptureStarted, {S::kAcquiring, S::kBuffered, S::kUploading}},
    {E::kCaptureAborted, {S::kOrdered, S::kCancelled}},
    {E::kRecordingClosed, {S::kBuffered, S::kUploading}},
    {E::kRecordingClosed, kHasRecording},
    {E::kUploadOpened, {S::kUploading}},
    {E::kUploadOpened, kHasRecording},
    {E::kLineLost, kKnown},
    {E::kAllChunksStored, {S::kUploading}},
    {E::kAllChunksStored, kHasRecording},
    {E::kExcerptCut, kHasRecording},
    {E::kAnalysisStarted, {S::kQc}},
    {E::kAnalysisStarted, kPastQc},
    {E::kAnalysisDone, kPastQc},
    {E::kAnalysisFailed, kPastQc},
    {E::kUnreadable, {S::kQuarantined}},
    {E::kReprocessed, {S::kReceived, S::kQc}},
    {E::kDiscarded, {S::kRejected}},
    {E::kRetakeImpossible, {S::kQueued}},
    {E::kRetakeTimedOut, kKnown},
    {E::kLeaseExpired, kKnown},
    {E::kReferralLapsed, kKnown},
    {E::kAllAcknowledged, {S::kPreliminary, S::kClosed}},
    {E::kCancelled, {S::kCancelled}},
    {E::kRejected, {S::kRejected}},
    {E::kPriorityRaised, {S::kFinal, S::kClosed, S::kCancelled, S::kRejected}},
    {E::kCriticalClosed, kKnown},
    {E::kEscalationDue, kKnown},
};

std::string subject(const Study& study, const Event& event, std::string_view why) {
  std::string text =
      study.id.value + ": " + std::string(name(event.kind)) + " in " + std::string(name(study.state));
  if (!why.empty()) text += ", " + std::string(why);
  return text;
}

// A repeat of what this very person did under this very lease.
bool same_act_again(const Study& study, const Event& event) {
  switch (event.kind) {
    case E::kOpened:
      return study.state == S::kReading && study.lease && study.lease->holder == event.actor &&
             study.lease->token == event.token;
    case E::kSigned:
      return (study.state == S::kPreliminary || study.state == S::kFinal) && event.token != 0 &&
             event.token == study.signed_token &&
             (study.first_reader == event.actor || study.final_reader == event.actor);
    case E::kConfirmed:
      return study.state == S::kFinal && study.final_reader == event.actor;
    default:
      return false;
  }
}

bool acts_under_lease(E event) {
  switch (event) {
    case E::kOpened:
    case E::kActivity:
    case E::kReleased:
    case E::kDeclined:
    case E::kSignalRejected:
    case E::kSigned:
    case E::kReferred:
      return true;
    default:
      return false;
  }
}

// Why an event without a row is refused: a reader who had a lease is told that it is over, one who wants a
// study that is taken is told so, everyone else that the state does not allow it.
Error refusal(const Study& study, const Event& event) {
  ErrorCode code = ErrorCode::kEventRefused;
  const bool own = study.lease && study.lease->token == event.token && study.lease->holder == event.actor;
  const bool had = event.token != 0 && event.token <= study.last_token;
  if (acts_under_lease(event.kind) && had && !own) code = ErrorCode::kLeaseLost;
  if (study.lease && (event.kind == E::kRouted || event.kind == E::kTakenOver))
    code = ErrorCode::kClaimedByOther;
  return Error{code, subject(study, event, {})};
}

Transition ignored(const Study& study) {
  return Transition{Outcome::kIgnored, {}, study, {}};
}

Transition carry_out(const Row& row, const Study& study, const Event& event, Timestamp now,
                     const Policy& policy) {
  Change change{study, event, now, policy};
  if (row.to.moves && row.to.state != study.state) {
    change.study.state = row.to.state;
    // One wait, however often the line is lost meanwhile.
    if (!waits_for_retake(study) || !waits_for_retake(change.study)) change.study.state_since = now;
  }
  for (const Action action : row.actions) {
    if (action != nullptr) action(change);
  }
  return Transition{Outcome::kChanged, row.rule, std::move(change.study), std::move(change.effects)};
}

}  // namespace

Result<Transition> apply(const Study& study, const Event& event, Timestamp now, const Policy& policy) {
  if (same_act_again(study, event)) return ignored(study);
  const Situation situation{study, event, now, policy};
  for (const Row& row : kTable) {
    if (row.event != event.kind || !row.from.has(study.state)) continue;
    const Verdict verdict = row.guard(situation);
    switch (verdict.kind) {
      case Verdict::Kind::kYes:
        return carry_out(row, study, event, now, policy);
      case Verdict::Kind::kOtherRow:
        continue;
      case Verdict::Kind::kNothing:
        return ignored(study);
      case Verdict::Kind::kRefused:
        return Error{verdict.code, subject(study, event, verdict.why)};
    }
  }
  for (const Already& already : kAlready) {
    if (already.event == event.kind && already.in.has(study.state)) return ignored(study);
  }
  return refusal(study, event);
}

std::vector<TransitionLine> transition_lines() {
  std::vector<TransitionLine> lines;
  for (const Row& row : kTable) {
    TransitionLine line{row.rule, {}, row.event, row.to.moves, row.to.state};
    for (const S state : kStudyStates) {
      if (row.from.has(state)) line.from.push_back(state);
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string_view name(StudyEvent event) {
  static constexpr std::string_view kNames[] = {
#define ECG_STUDY_EVENT(value, text) text,
      ECG_STUDY_EVENTS(ECG_STUDY_EVENT)
#undef ECG_STUDY_EVENT
  };
  return kNames[static_cast<std::size_t>(event)];
}

std::optional<StudyEvent> parse_study_event(std::string_view text) {
  for (const StudyEvent event : kStudyEvents) {
    if (name(event) == text) return event;
  }
  return std::nullopt;
}

}  // namespace ecg::domain
