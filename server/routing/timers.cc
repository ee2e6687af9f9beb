#include "server/routing/timers.h"

#include <algorithm>
#include <string>
#include <vector>

#include "common/base/log.h"
#include "server/domain/timers.h"
#include "server/store/study_change.h"

namespace ecg::routing {
namespace {

constexpr std::size_t kTimersAtOnce = 1024;
constexpr int kRoundsMax = 8;
// A wall clock may be set while the thread sleeps, and a timer whose write failed is tried again.
constexpr Duration kLookAgainAtLatest = std::chrono::seconds{1};
constexpr Duration kBetweenLooks = std::chrono::milliseconds{50};

// Life-cycle timers. The store keeps the study's next one with every put_study.
Result<domain::StudyEvent> apply_study_timer(store::Transaction& transaction, const StudyId& id,
                                             Timestamp now) {
  ECG_ASSIGN(const auto found, transaction.find_study(id));
  const auto timer = found ? domain::next_timer(found->study) : std::nullopt;
  if (!timer) {
    ECG_TRY(transaction.erase_timer(kStudyTimer, id));
    return Error{ErrorCode::kAlreadyDone, "study " + id.value};
  }
  if (timer->at > now) {
    ECG_TRY(transaction.put_timer({kStudyTimer, id, timer->at}));
    return timer->event;
  }
  domain::Event event;
  event.kind = timer->event;
  ECG_ASSIGN(const auto change,
             store::change_study(transaction, id, event, now, [](store::StudyRecord& record) {
               if (!record.study.lease) record.reader_name.clear();
             }));
  if (change.outcome == domain::Outcome::kIgnored) {
    return Error{ErrorCode::kInternal, "study " + id.value, "its timer is due and does nothing"};
  }
  return timer->event;
}

Result<void> apply_unconfirmed(store::Transaction& transaction, const StudyId& id, Timestamp now) {
  ECG_TRY(transaction.erase_timer(kUnconfirmedTimer, id));
  ECG_ASSIGN(auto critical, transaction.find_critical(id));
  if (!critical || critical->result.state != domain::CriticalState::kDetected) return {};
  if (critical->result.tier != domain::CriticalTier::kCritical) return {};
  ECG_ASSIGN(critical->result,
             domain::apply(critical->result, {domain::CriticalEvent::kConfirmationTimedOut, {}, {}}, now));
  ECG_TRY(transaction.put_critical(*critical));
  store::EventRecord changed;
  changed.kind = store::EventKind::kCriticalChanged;
  changed.study = id;
  changed.site = critical->site;
  changed.at = now;
  return transaction.append_event(changed);
}

}  // namespace

Timers::Timers(store::Store& store, const Clock& clock, Metrics& metrics)
    : store_(store),
      clock_(clock),
      leases_ended_(
          metrics.counter("ecg_leases_expired_total", "Reading leases that ended without activity")),
      escalations_(
          metrics.counter("ecg_escalations_total", "Steps taken because a study was not signed in time")),
      failed_(metrics.counter("ecg_timers_failed_total",
                              "Timers that could not be applied and are tried again")) {}

Result<std::optional<Timestamp>> Timers::run_due() {
  // One timer may bring the next: an escalation and then the end of a lease.
  for (int round = 0; round < kRoundsMax; ++round) {
    std::vector<store::TimerRecord> due;
    ECG_TRY(store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
      ECG_ASSIGN(due, snapshot.due_timers(clock_.now(), kTimersAtOnce));
      return {};
    }));
    bool applied_any = false;
    for (const auto& timer : due) {
      const auto applied = apply(timer);
      applied_any |= applied.ok();
      if (applied.ok()) continue;
      failed_.add();
      log::warning("timer_failed", applied.error(), {{"kind", timer.kind}, {"study", timer.study.value}});
    }
    if (!applied_any) break;
  }
  std::optional<Timestamp> next;
  ECG_TRY(store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(next, snapshot.next_timer_at());
    return {};
  }));
  return next;
}

Result<void> Timers::apply(const store::TimerRecord& timer) {
  const Timestamp now = clock_.now();
  if (timer.kind == kUnconfirmedTimer) {
    return store_.write_wait(
        [&](store::Transaction& transaction) { return apply_unconfirmed(transaction, timer.study, now); });
  }
  if (timer.kind != kStudyTimer) return {};  // another stage's
  std::optional<domain::StudyEvent> happened;
  ECG_TRY(store_.write_wait([&](store::Transaction& transaction) -> Result<void> {
    auto outcome = apply_study_timer(transaction, timer.study, now);
    if (outcome.ok()) {
      happened = outcome.value();
      return {};
    }
    if (outcome.error().code == ErrorCode::kAlreadyDone) return {};
    return outcome.error();
  }));
  if (happened == domain::StudyEvent::kLeaseExpired) leases_ended_.add();
  if (happened == domain::StudyEvent::kEscalationDue) escalations_.add();
  return {};
}

TimerThread::TimerThread(store::Store& store, const Clock& clock, Timers& timers)
    : store_(store), clock_(clock), timers_(timers) {
  subscription_ = store_.subscribe([this](std::uint64_t) {
    {
      const std::lock_guard lock(mutex_);
      changed_ = true;
    }
    wake_.notify_one();
  });
  thread_ = std::thread([this] { run(); });
}

TimerThread::~TimerThread() {
  store_.unsubscribe(subscription_);
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void TimerThread::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    changed_ = false;
    lock.unlock();
    const auto next = timers_.run_due();
    if (!next.ok()) log::warning("timers_unreadable", next.error());
    Duration wait = kLookAgainAtLatest;
    if (next.ok() && next.value())
      wait = std::clamp(*next.value() - clock_.now(), kBetweenLooks, kLookAgainAtLatest);
    lock.lock();
    // A burst of commits is looked at once.
    wake_.wait_for(lock, kBetweenLooks, [this] { return stopping_; });
    if (!stopping_ && wait > kBetweenLooks) {
      wake_.wait_for(lock, wait - kBetweenLooks, [this] { return stopping_ || changed_; });
    }
  }
}

}  // namespace ecg::routing
