// Speed and size of the waveform blocks: 10 s of 8 leads at 500 Hz in blocks of 250 ms, 80,000 bytes of raw
// samples each way, and whole as at rest, over the recordings of the ptbxl folder of ECG_DATA_DIR.
#include <cstdlib>
#include <filesystem>
#include <vector>

#include <benchmark/benchmark.h>

#include "common/formats/format.h"
#include "common/wire/block_codec.h"

namespace {

using ecg::dsp::LeadId;
using ecg::wire::Block;

constexpr LeadId kLeads[] = {LeadId::kI,  LeadId::kII, LeadId::kV1, LeadId::kV2,
                             LeadId::kV3, LeadId::kV4, LeadId::kV5, LeadId::kV6};
constexpr std::size_t kFrames = 5000, kBlockFrames = 125;
constexpr int kWidth = std::size(kLeads);
using Study = std::vector<Block>;

std::vector<Study> g_studies;  // NOLINT: filled once before the benchmarks run

void add(const ecg::dsp::Recording& recording) {
  if (static_cast<std::size_t>(recording.frames()) < kFrames) return;
  Study study;
  for (std::size_t begin = 0; begin < kFrames; begin += kBlockFrames) {
    Block block{begin, {}, {}};
    for (std::size_t n = begin; n < begin + kBlockFrames; ++n) {
      for (const LeadId id : kLeads) {
        const int at = recording.find(id);
        if (at < 0) return;
        block.samples.push_back(recording.leads[static_cast<std::size_t>(at)].samples[n]);
      }
    }
    study.push_back(std::move(block));
  }
  g_studies.push_back(std::move(study));
}

void load(const std::filesystem::path& folder) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".hea") continue;
    const auto imported = ecg::formats::read_file(entry.path());
    if (imported.ok()) add(imported->recording);
  }
}

void report(benchmark::State& state, std::size_t coded) {
  const auto studies = static_cast<double>(g_studies.size());
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(g_studies.size()) *
                          static_cast<std::int64_t>(kFrames * kWidth * 2));
  state.counters["bytes_per_study"] = static_cast<double>(coded) / studies;
}

Block whole(const Study& study) {
  Block all{0, {}, {}};
  for (const Block& block : study)
    all.samples.insert(all.samples.end(), block.samples.begin(), block.samples.end());
  return all;
}

void encode_at_rest(benchmark::State& state) {
  std::vector<Block> studies;
  for (const Study& study : g_studies) studies.push_back(whole(study));
  std::size_t coded = 0;
  for (auto _ : state) {
    coded = 0;
    for (const Block& study : studies)
      coded += ecg::wire::encode_archive_block(study, kWidth)->payload().size();
  }
  report(state, coded);
}

void decode_at_rest(benchmark::State& state) {
  std::vector<ecg::v1::SampleBlock> messages;
  std::size_t coded = 0;
  for (const Study& study : g_studies) {
    messages.push_back(*ecg::wire::encode_archive_block(whole(study), kWidth));
    coded += messages.back().payload().size();
  }
  for (auto _ : state) {
    for (const auto& message : messages) {
      benchmark::DoNotOptimize(ecg::wire::decode_stored_block(message, kWidth)->samples.data());
    }
  }
  report(state, coded);
}

void encode(benchmark::State& state) {
  std::size_t coded = 0;
  for (auto _ : state) {
    coded = 0;
    for (const Study& study : g_studies) {
      for (const Block& block : study) coded += ecg::wire::encode_block(block, kWidth)->payload().size();
    }
  }
  report(state, coded);
}

void decode(benchmark::State& state) {
  std::vector<ecg::v1::SampleBlock> messages;
  std::size_t coded = 0;
  for (const Study& study : g_studies) {
    for (const Block& block : study) {
      messages.push_back(*ecg::wire::encode_block(block, kWidth));
      coded += messages.back().payload().size();
    }
  }
  for (auto _ : state) {
    for (const auto& message : messages) {
      benchmark::DoNotOptimize(ecg::wire::decode_block(message, kWidth)->samples.data());
    }
  }
  report(state, coded);
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  const char* data = std::getenv("ECG_DATA_DIR");
  if (data != nullptr && *data != '\0') load(std::filesystem::path(data) / "ptbxl");
  if (g_studies.empty()) return 1;
  benchmark::RegisterBenchmark("blocks of 250 ms, encode", encode)->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("blocks of 250 ms, decode", decode)->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("at rest, encode", encode_at_rest)->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("at rest, decode", decode_at_rest)->Unit(benchmark::kMillisecond);
  benchmark::RunSpecifiedBenchmarks();
}
