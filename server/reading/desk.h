// What a reader does with a study: claim, draft, sign, return, decide. Every act is one transaction in which
// the life cycle decides; two readers never get the same study, and an act under a lease that has ended
// changes nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ecg/v1/report.pb.h"
#include "ecg/v1/study.pb.h"

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/base/result.h"
#include "server/reading/content.h"
#include "server/store/store.h"

namespace ecg::reading {

// Who acts. scope: empty = every site; else only that site's studies (kWrongSite for others).
struct Reader {
  PersonId id;
  std::string name;
  SiteId scope;
};

struct Claimed {
  store::StudyRecord study;
  domain::Lease lease;
};

// All functions wait for the commit. Errors of all: kNotFound, kWrongSite, those of the life cycle
// (life_cycle.h), those of the store. Any thread but the store's own.
class Desk {
 public:
  Desk(store::Store& store, const Clock& clock) : store_(store), clock_(clock) {}

  // Takes the lease and opens the study; claiming one's own renews. take_over: of a STAT study another reader
  // has not signed for 3 min.
  Result<Claimed> claim(const Reader& reader, const StudyId& study, bool take_over);
  // The first study of the worklist that is not in skip. kQueueEmpty when there is none.
  Result<Claimed> claim_next(const Reader& reader, const std::vector<StudyId>& skip);
  Result<domain::Lease> renew(const Reader& reader, const StudyId& study, std::uint64_t token);
  // A repeat, or a release of what one no longer has, succeeds.
  Result<void> release(const Reader& reader, const StudyId& study, std::uint64_t token);

  struct SavedDraft {
    std::uint64_t revision = 0;
    domain::Lease lease;
  };
  // based_on: the revision the draft was made from, 0 = none. kStale when there is a newer one.
  Result<SavedDraft> save_draft(const Reader& reader, const StudyId& study, std::uint64_t token,
                                const Content& content, std::uint64_t based_on);

  // Signs; a repeat under the same lease answers the report that was signed. kReportEmpty.
  Result<v1::Report> sign(const Reader& reader, const StudyId& study, std::uint64_t token,
                          const Content& content);

  struct Amendment {
    int version = 0;  // the one being changed
    bool correction = false;
    std::string reason;
    Content content;
  };
  // kStale: version is not the newest. kInvalidField: no reason.
  Result<v1::Report> amend(const Reader& reader, const StudyId& study, const Amendment& amendment);

  // Back to the clinic for a new recording. reason_code: one of return_reasons().
  Result<void> send_back(const Reader& reader, const StudyId& study, std::uint64_t token,
                         const std::string& reason_code, const std::string& note);

  struct Decision {
    bool confirm = false;
    std::vector<std::string> codes;  // statement codes; empty = those suspected
    std::string text;                // the reader's own words; the reason when refuted
  };
  // Confirms or refutes what is suspected, or states a critical result of one's own. A study that has nothing
  // suspected cannot be refuted: kEventRefused.
  Result<domain::CriticalState> decide_critical(const Reader& reader, const StudyId& study,
                                                std::uint64_t token, const Decision& decision);

 private:
  store::Store& store_;
  const Clock& clock_;
};

// "lead_off", "lead_reversal", "noise", "wrong_patient", "too_short".
const std::vector<std::string>& return_reasons();

}  // namespace ecg::reading
