#include <algorithm>
#include <optional>

#include "server/reading/acts.h"

namespace ecg::reading {
namespace {

using domain::StudyEvent;

Error lease_lost(const StudyId& study) {
  return Error{ErrorCode::kLeaseLost, "study " + study.value};
}

Result<Claimed> with_lease(store::StudyRecord study) {
  if (!study.study.lease) return lease_lost(study.study.id);
  const domain::Lease lease = *study.study.lease;
  return Claimed{std::move(study), lease};
}

store::StudyEdit take_name(const Reader& reader) {
  return [name = reader.name](store::StudyRecord& record) { record.reader_name = name; };
}

// Claim, then open what was claimed; an own study that is open already is renewed.
Result<Claimed> claim_and_open(store::Transaction& transaction, const Reader& reader, const StudyId& id,
                               StudyEvent how, Timestamp now) {
  ECG_ASSIGN(auto claimed,
             store::change_study(transaction, id, event_by(reader, how), now, take_name(reader)));
  if (!claimed.study.study.lease) return lease_lost(id);
  const std::uint64_t token = claimed.study.study.lease->token;
  const bool open = claimed.study.study.state == domain::StudyState::kReading;
  const StudyEvent next = open ? StudyEvent::kActivity : StudyEvent::kOpened;
  ECG_ASSIGN(auto opened,
             store::change_study(transaction, id, event_by(reader, next, token), now, take_name(reader)));
  return with_lease(std::move(opened.study));
}

}  // namespace

Result<Claimed> Desk::claim(const Reader& reader, const StudyId& study, bool take_over) {
  const Timestamp now = clock_.now();
  return write_for<Claimed>(store_, [&](store::Transaction& transaction) -> Result<Claimed> {
    ECG_ASSIGN(const auto found, find_in_scope(transaction, reader, study));
    const bool with_other = found.study.lease && found.study.lease->holder != reader.id;
    const bool wanted = take_over && with_other && found.study.state == domain::StudyState::kReading;
    return claim_and_open(transaction, reader, study, wanted ? StudyEvent::kTakenOver : StudyEvent::kClaimed,
                          now);
  });
}

Result<Claimed> Desk::claim_next(const Reader& reader, const std::vector<StudyId>& skip) {
  const Timestamp now = clock_.now();
  return write_for<Claimed>(store_, [&](store::Transaction& transaction) -> Result<Claimed> {
    store::WorklistQuery query;
    query.being_read = false;
    query.site = reader.scope;
    query.limit = skip.size() + 1;
    ECG_ASSIGN(const auto page, transaction.worklist(query));
    for (const auto& candidate : page.studies) {
      if (std::ranges::find(skip, candidate.study.id) != skip.end()) continue;
      return claim_and_open(transaction, reader, candidate.study.id, StudyEvent::kClaimed, now);
    }
    return Error{ErrorCode::kQueueEmpty, ""};
  });
}

Result<domain::Lease> Desk::renew(const Reader& reader, const StudyId& study, std::uint64_t token) {
  const Timestamp now = clock_.now();
  ECG_ASSIGN(
      const auto claimed, write_for<Claimed>(store_, [&](store::Transaction& transaction) -> Result<Claimed> {
        ECG_ASSIGN(auto change, store::change_study(transaction, study,
                                                    event_by(reader, StudyEvent::kActivity, token), now));
        return with_lease(std::move(change.study));
      }));
  return claimed.lease;
}

Result<void> Desk::release(const Reader& reader, const StudyId& study, std::uint64_t token) {
  const Timestamp now = clock_.now();
  return store_.write_wait([&](store::Transaction& transaction) -> Result<void> {
    ECG_ASSIGN(const auto found, find_in_scope(transaction, reader, study));
    if (!domain::holds_lease(found.study, reader.id, token, now)) return {};
    ECG_ASSIGN(const auto change,
               store::change_study(transaction, study, event_by(reader, StudyEvent::kReleased, token), now,
                                   [](store::StudyRecord& record) { record.reader_name.clear(); }));
    (void)change;
    return {};
  });
}

}  // namespace ecg::reading
