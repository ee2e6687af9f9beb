// From signed to rendered: every report version gets its PDF, drawn from the stored samples.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "common/base/clock.h"
#include "common/base/metrics.h"
#include "server/reporting/document_of.h"
#include "server/store/event_follower.h"
#include "server/store/store.h"

namespace ecg::reporting {

class ReportStage {
 public:
  // Begins with what an earlier process left unrendered. All arguments outlive the stage.
  static Result<std::unique_ptr<ReportStage>> start(store::Store& store, const Clock& clock, Metrics& metrics,
                                                    PrintOptions options);
  ~ReportStage();
  ReportStage(const ReportStage&) = delete;
  ReportStage& operator=(const ReportStage&) = delete;

 private:
  using Key = std::pair<StudyId, int>;  // study, version

  ReportStage(store::Store& store, const Clock& clock, Metrics& metrics, PrintOptions options);
  void wake();
  void run();
  bool render_some();  // true: more may wait
  Result<void> render(const store::ReportRecord& report);

  store::Store& store_;
  const Clock& clock_;
  const PrintOptions options_;
  Histogram seconds_;
  Counter failed_;
  // Versions that could not be rendered, and when to try again. The stage's thread only.
  std::map<Key, std::chrono::steady_clock::time_point> not_before_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool wanted_ = true;     // guarded by mutex_
  bool stopping_ = false;  // guarded by mutex_
  std::unique_ptr<store::EventFollower> follower_;
  std::thread thread_;
};

}  // namespace ecg::reporting
