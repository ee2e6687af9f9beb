// Where a study stands. Four axes that never block one another: study state, identity, quality, and delivery
// (delivery_state.h). Names and texts are those of the clinical vocabulary.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/error.h"

namespace ecg::domain {

// The gateway owns kOrdered to kBuffered for its own studies; the center owns the rest.
enum class StudyState : std::uint8_t {
  kAbsent,  // not known yet: only ever the state before a study's first event, never stored
  kOrdered,
  kAcquiring,
  kBuffered,
  kUploading,
  kReceived,
  kQc,
  kRetake,
  kQuarantined,
  kQueued,
  kAssigned,
  kReading,
  kPreliminary,
  kReferred,
  kFinal,
  kClosed,
  kCancelled,
  kRejected,
};

inline constexpr std::array kStudyStates = {
    StudyState::kAbsent,      StudyState::kOrdered,  StudyState::kAcquiring, StudyState::kBuffered,
    StudyState::kUploading,   StudyState::kReceived, StudyState::kQc,        StudyState::kRetake,
    StudyState::kQuarantined, StudyState::kQueued,   StudyState::kAssigned,  StudyState::kReading,
    StudyState::kPreliminary, StudyState::kReferred, StudyState::kFinal,     StudyState::kClosed,
    StudyState::kCancelled,   StudyState::kRejected,
};

enum class IdentityState : std::uint8_t { kMatched, kUnidentified, kMismatch };

// kUnknown: not judged yet, or the analysis did not finish. It is not kPoor.
enum class QualityState : std::uint8_t { kUnknown, kGood, kDegraded, kPoor };

// "QUEUED"; the stable name for storage, contracts and logs. kAbsent is "ABSENT".
std::string_view name(StudyState state);
std::string_view name(IdentityState state);
std::string_view name(QualityState state);

// Empty for anything that name() does not give, and for "ABSENT".
std::optional<StudyState> parse_study_state(std::string_view text);
std::optional<IdentityState> parse_identity_state(std::string_view text);
std::optional<QualityState> parse_quality_state(std::string_view text);

// The words people see.
std::string_view text(StudyState state, Language language);
std::string_view text(IdentityState state, Language language);
std::string_view text(QualityState state, Language language);

// No event leads out of these.
constexpr bool is_terminal(StudyState state) {
  return state == StudyState::kCancelled || state == StudyState::kRejected;
}

// Who is to act next. A study with a lease is with exactly one reader; one without is in exactly one of the
// others.
enum class Placement : std::uint8_t {
  kNowhere,        // kAbsent
  kGateway,        // being made or sent by the clinic, or a retake is awaited
  kAutomatic,      // the center's own programs
  kAdministrator,  // quarantined
  kFirstQueue,     // waits for a first reader
  kConfirmQueue,   // waits for a confirming reader
  kExpertQueue,    // waits for the expert organisation
  kLeased,         // with one reader
  kSigned,         // signed; delivery and critical results may still be open
  kOver,           // closed, cancelled, rejected
};
Placement placement(StudyState state);

}  // namespace ecg::domain
