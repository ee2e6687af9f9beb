// From received to queued: every recording that counts is analysed, and what was found is stored together
// with the study's move. A recording that cannot be analysed is queued all the same, one class higher.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "common/base/clock.h"
#include "common/base/metrics.h"
#include "server/analysis/worker_pool.h"
#include "server/store/event_follower.h"
#include "server/store/store.h"

namespace ecg::analysis {

struct StageOptions {
  PoolOptions pool;
  double mains_hz = 50;
};

class Stage {
 public:
  // Takes up at once what an earlier process left unanalysed. All arguments outlive the stage.
  static Result<std::unique_ptr<Stage>> start(store::Store& store, const Clock& clock, Metrics& metrics,
                                              StageOptions options);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  // Takes up studies that wait for analysis and are not under way. Called every few seconds: whatever kept a
  // result from being written, no study waits for a restart.
  Result<void> sweep();

 private:
  using Key = std::pair<StudyId, int>;  // study, attempt

  Stage(store::Store& store, const Clock& clock, Metrics& metrics, StageOptions options);
  int rank(const StudyId& study) const;
  void take_up(const StudyId& study, int attempt, int rank);
  Result<v1::AnalysisJob> load(const Key& key);
  void finish(const Key& key, Result<v1::AnalysisResult> result, std::chrono::steady_clock::time_point begun);
  void forget(const Key& key);

  store::Store& store_;
  const Clock& clock_;
  const double mains_hz_;
  Histogram seconds_;
  Counter failed_;
  Gauge waiting_;
  std::mutex mutex_;
  std::set<Key> under_way_;  // guarded by mutex_
  std::unique_ptr<WorkerPool> pool_;
  std::unique_ptr<store::EventFollower> follower_;  // last: its thread uses the rest
};

}  // namespace ecg::analysis
