#include "server/analysis/stage.h"

#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "common/base/limits.h"
#include "common/base/log.h"
#include "server/analysis/job.h"
#include "server/store/stored_recording.h"
#include "server/store/study_change.h"

namespace ecg::analysis {
namespace {

constexpr int kWriteTries = 5;
constexpr std::chrono::milliseconds kBetweenWriteTries{200};

int rank_of(const domain::Study& study) {
  return static_cast<int>(study.priority);
}

// Whether this recording is still the one that counts and nobody has analysed it yet.
bool wanted(const store::StudyRecord& record, int attempt) {
  return record.study.attempt == attempt && record.analysis == store::AnalysisState::kPending;
}

Result<store::StudyChange> move(store::Transaction& transaction, const StudyId& id,
                                const domain::Event& event, Timestamp now,
                                const store::StudyEdit& edit = {}) {
  return store::change_study(transaction, id, event, now, edit);
}

domain::Event event_of(domain::StudyEvent kind) {
  domain::Event event;
  event.kind = kind;
  return event;
}

store::StudyEdit set_analysis(store::AnalysisState state) {
  return [state](store::StudyRecord& record) { record.analysis = state; };
}

Result<void> open_critical(store::Transaction& transaction, const store::CriticalRecord& critical,
                           Timestamp now) {
  ECG_ASSIGN(const auto open, transaction.find_critical(critical.study));
  const bool over = open && (open->result.state == domain::CriticalState::kRefuted ||
                             open->result.state == domain::CriticalState::kClosed);
  if (open && !over && open->result.tier <= critical.result.tier) return {};
  ECG_TRY(transaction.put_critical(critical));
  ECG_TRY(transaction.put_timer({"critical_unconfirmed", critical.study, now + domain::kConfirmationLimit}));
  store::EventRecord changed;
  changed.kind = store::EventKind::kCriticalChanged;
  changed.study = critical.study;
  changed.site = critical.site;
  changed.at = now;
  return transaction.append_event(changed);
}

// Moves the study and stores that its analysis is over, also where the study stays as it is: read as not
// analysed, or signed already.
Result<store::StudyChange> settle(store::Transaction& transaction, const StudyId& id,
                                  const domain::Event& event, store::AnalysisState state, Timestamp now) {
  ECG_ASSIGN(auto change, move(transaction, id, event, now, set_analysis(state)));
  if (change.outcome == domain::Outcome::kIgnored) {
    change.study.analysis = state;
    ECG_TRY(store::save_study(transaction, change.study, now));
  }
  return change;
}

// analysis: null = it failed.
Result<void> write_outcome(store::Transaction& transaction, const StudyId& id, int attempt, Timestamp now,
                           const v1::Analysis* analysis, const std::string& serialised) {
  ECG_ASSIGN(const auto found, transaction.find_study(id));
  if (!found || !wanted(*found, attempt)) return {};
  if (analysis == nullptr) {
    ECG_ASSIGN(const auto failed, settle(transaction, id, event_of(domain::StudyEvent::kAnalysisFailed),
                                         store::AnalysisState::kFailed, now));
    (void)failed;
    return {};
  }
  // The start may not have been written: it is not waited for.
  ECG_ASSIGN(const auto begun, move(transaction, id, event_of(domain::StudyEvent::kAnalysisStarted), now));
  (void)begun;
  ECG_TRY(transaction.put_analysis({id, attempt, serialised, now}));
  const domain::Event done = done_event(*analysis, found->study.partial);
  const bool judged = done.quality != domain::QualityState::kUnknown;
  ECG_ASSIGN(const auto change,
             settle(transaction, id, done,
                    judged ? store::AnalysisState::kDone : store::AnalysisState::kFailed, now));
  const auto critical = suspected(change.study, *analysis, now);
  return critical ? open_critical(transaction, *critical, now) : Result<void>{};
}

Result<std::vector<store::StudyRecord>> unanalysed(const store::Snapshot& snapshot,
                                                   std::vector<domain::StudyState> states) {
  store::StudiesQuery query;
  query.states = std::move(states);
  query.limit = limits::kWorklistPageMax;
  std::vector<store::StudyRecord> pending;
  for (;;) {
    ECG_ASSIGN(auto page, snapshot.studies(query));
    for (auto& record : page) {
      query.before_number = record.number;
      if (record.analysis == store::AnalysisState::kPending) pending.push_back(std::move(record));
    }
    if (page.size() < query.limit || pending.size() >= WorkerPool::kJobsWaitingMax) return pending;
  }
}

}  // namespace

Result<std::unique_ptr<Stage>> Stage::start(store::Store& store, const Clock& clock, Metrics& metrics,
                                            StageOptions options) {
  std::unique_ptr<Stage> stage(new Stage(store, clock, metrics, std::move(options)));
  std::uint64_t last = 0;
  ECG_TRY(store.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(last, snapshot.last_event());
    return {};
  }));
  ECG_TRY(stage->sweep());
  Stage* self = stage.get();
  stage->follower_ = std::make_unique<store::EventFollower>(
      store, "analysis", last, [self](const store::EventRecord& event) {
        if (!event.effect) return;
        const auto* begin = std::get_if<domain::StartAnalysis>(&*event.effect);
        if (begin != nullptr) self->take_up(event.study, begin->attempt, self->rank(event.study));
      });
  return stage;
}

Stage::Stage(store::Store& store, const Clock& clock, Metrics& metrics, StageOptions options)
    : store_(store),
      clock_(clock),
      mains_hz_(options.mains_hz),
      seconds_(metrics.histogram("ecg_analysis_seconds", "From taking up a study to its stored result",
                                 Metrics::latency_bounds())),
      failed_(metrics.counter("ecg_analysis_failed_total", "Studies queued as not analysed")),
      waiting_(metrics.gauge("ecg_analysis_waiting", "Studies that wait for a worker")),
      pool_(std::make_unique<WorkerPool>(std::move(options.pool))) {}

Stage::~Stage() {
  follower_.reset();
  pool_.reset();
}

Result<void> Stage::sweep() {
  std::vector<store::StudyRecord> open;
  ECG_TRY(store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(open, unanalysed(snapshot, {domain::StudyState::kReceived, domain::StudyState::kQc}));
    // A newer recording may have come while an earlier one waited or was read.
    ECG_ASSIGN(const auto newer,
               unanalysed(snapshot, {domain::StudyState::kQueued, domain::StudyState::kAssigned,
                                     domain::StudyState::kReading, domain::StudyState::kReferred}));
    open.insert(open.end(), newer.begin(), newer.end());
    return {};
  }));
  for (const auto& record : open) take_up(record.study.id, record.study.attempt, rank_of(record.study));
  waiting_.set(static_cast<double>(pool_->waiting()));
  return {};
}

int Stage::rank(const StudyId& study) const {
  int rank = 0;  // a study that cannot be read now is not made to wait for it
  (void)store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(const auto found, snapshot.find_study(study));
    if (found) rank = rank_of(found->study);
    return {};
  });
  return rank;
}

void Stage::take_up(const StudyId& study, int attempt, int rank) {
  Key key{study, attempt};
  {
    const std::lock_guard lock(mutex_);
    if (!under_way_.insert(key).second) return;
  }
  const auto begun = std::chrono::steady_clock::now();
  const auto submitted = pool_->submit(
      {rank, [this, key] { return load(key); },
       [this, key, begun](Result<v1::AnalysisResult> result) { finish(key, std::move(result), begun); }});
  if (!submitted.ok()) forget(key);  // the next sweep takes it up
}

Result<v1::AnalysisJob> Stage::load(const Key& key) {
  const auto& [id, attempt] = key;
  v1::AnalysisJob job;
  ECG_TRY(store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(const auto study, snapshot.find_study(id));
    if (!study || !wanted(*study, attempt)) return Error{ErrorCode::kAlreadyDone, "study " + id.value};
    ECG_ASSIGN(const auto stored, store::load_recording(snapshot, study->upload));
    job = make_job(*study, stored, mains_hz_);
    return {};
  }));
  store_.write(
      [id = id, now = clock_.now()](store::Transaction& transaction) -> Result<void> {
        ECG_ASSIGN(const auto change,
                   move(transaction, id, event_of(domain::StudyEvent::kAnalysisStarted), now));
        (void)change;
        return {};
      },
      [](const Result<void>&) {});  // the result moves the study from RECEIVED too
  return job;
}

void Stage::finish(const Key& key, Result<v1::AnalysisResult> result,
                   std::chrono::steady_clock::time_point begun) {
  const auto& [id, attempt] = key;
  const bool given_back = !result.ok() && (result.error().code == ErrorCode::kShuttingDown ||
                                           result.error().code == ErrorCode::kAlreadyDone);
  if (given_back) return forget(key);
  if (!result.ok()) {
    failed_.add();
    log::warning("study_not_analysed", result.error(), {{"study", id.value}});
  }
  const v1::Analysis* analysis = result.ok() ? &result.value().analysis() : nullptr;
  const std::string serialised = analysis == nullptr ? std::string{} : analysis->SerializeAsString();
  for (int attempt_to_write = 0; attempt_to_write < kWriteTries; ++attempt_to_write) {
    const Timestamp now = clock_.now();
    const auto written = store_.write_wait([&, id = id, number = attempt](store::Transaction& transaction) {
      return write_outcome(transaction, id, number, now, analysis, serialised);
    });
    if (written.ok()) break;
    log::warning("analysis_not_stored", written.error(), {{"study", id.value}});
    if (facts(written.error().code).retry != Retry::kCall) break;
    std::this_thread::sleep_for(kBetweenWriteTries);
  }
  seconds_.observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
  forget(key);
}

void Stage::forget(const Key& key) {
  const std::lock_guard lock(mutex_);
  under_way_.erase(key);
}

}  // namespace ecg::analysis
