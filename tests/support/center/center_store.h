// A real store in a temporary folder, and studies in it as a gateway would have left them.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/random.h"
#include "dsp/signal.h"
#include "server/store/study_change.h"

namespace ecg::tests {

class CenterStore {
 public:
  CenterStore();  // with the sites "baishi" and "qingyun"
  ~CenterStore();
  CenterStore(const CenterStore&) = delete;
  CenterStore& operator=(const CenterStore&) = delete;

  store::Store& store() { return *store_; }
  ManualClock& clock() { return clock_; }
  void reopen();  // as after a restart

  // A complete upload whose study stands in RECEIVED.
  StudyId receive(domain::Priority priority, const std::string& site = "baishi");
  // The same, analysed without findings: it stands in QUEUED.
  StudyId queue(domain::Priority priority, const std::string& site = "baishi");
  void happen(const StudyId& study, const domain::Event& event);

  store::StudyRecord study(const StudyId& id);
  domain::StudyState state(const StudyId& id) { return study(id).study.state; }
  // Stops the process when the store cannot be read.
  void read(const store::Store::Reading& reading);
  void write(const store::Store::Change& change);

 private:
  std::filesystem::path folder_;
  SeededRandom random_{1};
  ManualClock clock_{from_micros(1'790'000'000'000'000)};
  std::unique_ptr<store::Store> store_;
};

// 12-lead-like: two seconds of I, II, V1, with a bump each second.
dsp::Recording small_recording();

}  // namespace ecg::tests
