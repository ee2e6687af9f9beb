// The study life cycle as one pure function over one table (life_cycle.cc): from the order to the
// archive, who may do what to a study in which state, and what follows. Knows no store, no clock and no
// transport.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "server/domain/effect.h"
#include "server/domain/policy.h"
#include "server/domain/study.h"
#include "server/domain/study_event.h"

namespace ecg::domain {

enum class Outcome : std::uint8_t {
  kChanged,  // store the study and carry out the effects
  kIgnored,  // it has happened already, or nothing follows from it here: a repeat is success and changes
             // nothing
};

struct Transition {
  Outcome outcome = Outcome::kChanged;
  std::string_view rule;  // number of the transition, "T15"; empty when ignored
  Study study;            // the study afterwards; equal to the one before when ignored
  Effects effects;        // in the order they are to be carried out
};

// Total over all states and events. Whether the actor has the right to act at all (role, site, pool, licence)
// is decided before; this decides whether the act is possible now. Errors, each leaves everything unchanged:
//   kEventRefused     not possible in this state
//   kClaimedByOther   another reader has the lease
//   kLeaseLost        the lease under which the actor acts has ended
//   kDigestMismatch   stored samples differ from the sent ones
//   kStale            the report version was made from an older one
//   kNotAllowed       one's own preliminary report cannot be confirmed; only a person lowers a class
//   kInvalidField     a reason, a reader or a tier is missing, or the class would not fall
Result<Transition> apply(const Study& study, const Event& event, Timestamp now,
                         const Policy& policy = default_policy());

// The table as data, for documents and administrators: one line per transition, in its order.
struct TransitionLine {
  std::string_view rule;
  std::vector<StudyState> from;
  StudyEvent event;
  bool moves;     // false: the state stays
  StudyState to;  // when it moves
};
std::vector<TransitionLine> transition_lines();

}  // namespace ecg::domain
