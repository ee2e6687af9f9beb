// How fast the analysis is. Where ECG_DATA_DIR names a folder with ptbxl, whole-chain figures are means over
// its recordings; else over a simulated one.
#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "common/formats/format.h"
#include "dsp/analysis.h"
#include "dsp/stages.h"
#include "gateway/simulator/simulator.h"

namespace ecg::dsp {
namespace {

// Seconds this thread has computed: unlike the clock on the wall it does not count the neighbours' work.
double computed_s() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

constexpr std::size_t kRecordings = 40;

Recording simulated(const char* scenario, double seconds) {
  const auto parsed = simulator::parse_scenario(scenario);
  if (!parsed.ok()) std::abort();
  return simulator::record(*parsed, seconds, nullptr);
}

// The first 10 s, 12-lead recordings at 500 Hz in the order of their names.
std::vector<Recording> real_recordings() {
  std::vector<Recording> out;
  const char* folder = std::getenv("ECG_DATA_DIR");
  if (folder == nullptr) return out;
  std::vector<std::string> headers;
  std::error_code error;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(std::string(folder) + "/ptbxl", error))
    if (entry.path().extension() == ".hea") headers.push_back(entry.path().string());
  std::ranges::sort(headers);
  for (const auto& header : headers) {
    auto read = formats::read_file(header);
    if (read.ok() && out.size() < kRecordings) out.push_back(std::move(read->recording));
  }
  return out;
}

const std::vector<Recording>& studies() {
  static const std::vector<Recording> recordings = [] {
    auto real = real_recordings();
    if (real.empty()) real.push_back(simulated("sinus:72,noise=20", 10));
    return real;
  }();
  return recordings;
}

// One iteration is one study.
void whole_chain(benchmark::State& state) {
  const auto& recordings = studies();
  std::size_t next = 0;
  double seconds = 0;
  for (auto _ : state) {
    const Recording& recording = recordings[next++ % recordings.size()];
    benchmark::DoNotOptimize(analyze(recording, {}));
    seconds += recording.duration_s();
  }
  state.counters["x_real_time"] = benchmark::Counter(seconds, benchmark::Counter::kIsRate);
  state.SetLabel(recordings.size() > 1 ? "ptbxl" : "simulated");
}
BENCHMARK(whole_chain)->Unit(benchmark::kMicrosecond);

class Stopwatch {
 public:
  Stopwatch() : since_(computed_s()) {}
  StageWatch watch() {
    return {[](void* self, const char* stage) { static_cast<Stopwatch*>(self)->ended(stage); }, this};
  }
  void restart() { since_ = computed_s(); }
  const std::map<std::string, double>& microseconds() const { return spent_; }

 private:
  void ended(const char* stage) {
    spent_[stage] += 1e6 * (computed_s() - since_);
    since_ = computed_s();
  }
  double since_;
  std::map<std::string, double> spent_;
};

// Counters: microseconds of computing that a study spends in each stage.
void stages(benchmark::State& state) {
  const auto& recordings = studies();
  Stopwatch stopwatch;
  const StageWatch watch = stopwatch.watch();
  std::size_t next = 0;
  for (auto _ : state) {
    stopwatch.restart();
    benchmark::DoNotOptimize(
        analyze_watched(recordings[next++ % recordings.size()], {}, built_in_models(), watch));
  }
  for (const auto& [stage, spent] : stopwatch.microseconds())
    state.counters[stage] = benchmark::Counter(spent, benchmark::Counter::kAvgIterations);
}
BENCHMARK(stages)->Unit(benchmark::kMicrosecond);

// A lead of half an hour at 360 Hz, as those of mitdb.
Recording long_lead() {
  Recording recording = simulated("sinus:72,noise=20,hz=360", 1800);
  Lead lead = std::move(recording.leads[1]);
  recording.leads.clear();
  recording.leads.push_back(std::move(lead));
  return recording;
}

// What a QRS detector does: filters, quality, beats. The rest of the chain runs and is not counted.
void qrs_path_one_lead(benchmark::State& state) {
  const Recording recording = long_lead();
  for (auto _ : state) {
    Stopwatch stopwatch;
    benchmark::DoNotOptimize(analyze_watched(recording, {}, built_in_models(), stopwatch.watch()));
    state.SetIterationTime((stopwatch.microseconds().at("filter") + stopwatch.microseconds().at("detect")) /
                           1e6);
  }
  state.SetItemsProcessed(state.iterations() * recording.frames());
}
BENCHMARK(qrs_path_one_lead)->Unit(benchmark::kMillisecond)->UseManualTime();

// The same lead through the whole chain.
void whole_chain_one_lead(benchmark::State& state) {
  const Recording recording = long_lead();
  for (auto _ : state) benchmark::DoNotOptimize(analyze(recording, {}));
  state.SetItemsProcessed(state.iterations() * recording.frames());
}
BENCHMARK(whole_chain_one_lead)->Unit(benchmark::kMillisecond);

// Twelve leads as a monitoring hook-up sends them, in blocks of a tenth of a second.
void streaming(benchmark::State& state) {
  const Recording recording = simulated("sinus:72,noise=20", 60);
  const std::size_t leads = recording.leads.size(), block = 50;
  std::vector<StreamLead> description;
  for (const Lead& lead : recording.leads) description.push_back({lead.id, lead.uv_per_lsb, lead.baseline});
  std::vector<std::int32_t> frames;
  for (std::size_t i = 0; i < static_cast<std::size_t>(recording.frames()); ++i)
    for (const Lead& lead : recording.leads) frames.push_back(lead.samples[i]);
  double seconds = 0;
  for (auto _ : state) {
    StreamAnalyzer analyzer(recording.sampling_frequency, description, {});
    for (std::size_t at = 0; at < frames.size(); at += block * leads) {
      const auto part = std::span(frames).subspan(at, std::min(block * leads, frames.size() - at));
      benchmark::DoNotOptimize(analyzer.push(part, 0).size());
    }
    seconds += recording.duration_s();
  }
  state.counters["x_real_time"] = benchmark::Counter(seconds, benchmark::Counter::kIsRate);
}
BENCHMARK(streaming)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ecg::dsp

BENCHMARK_MAIN();
