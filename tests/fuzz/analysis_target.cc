// The entry that libFuzzer and the driver call: analyze() and StreamAnalyzer on arbitrary recordings.
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/checks.h"
#include "tests/fuzz/input.h"

namespace ecg::fuzz {
namespace {

void stop_at(const std::string& fault) {
  if (fault.empty()) return;
  std::fprintf(stderr, "fuzz: %s\n", fault.c_str());
  std::abort();
}

bool same(const dsp::StreamEvent& a, const dsp::StreamEvent& b) {
  return a.at == b.at && a.beat.has_value() == b.beat.has_value() &&
         (!a.beat || (a.beat->r_peak == b.beat->r_peak && a.beat->provisional == b.beat->provisional)) &&
         a.rate.has_value() == b.rate.has_value() && a.quality.has_value() == b.quality.has_value() &&
         a.alarm.has_value() == b.alarm.has_value() && (!a.alarm || a.alarm->rule_id == b.alarm->rule_id);
}

// lead_off holds for stretches of this many frames, whatever the blocks.
constexpr std::size_t kOffFrames = 500;

std::vector<dsp::StreamEvent> streamed(const dsp::Recording& recording, const dsp::Options& options,
                                       std::span<const std::uint32_t> lead_off, std::size_t block) {
  std::vector<dsp::StreamLead> leads;
  for (const dsp::Lead& lead : recording.leads) leads.push_back({lead.id, lead.uv_per_lsb, lead.baseline});
  dsp::StreamAnalyzer analyzer(recording.sampling_frequency, leads, options);
  std::vector<dsp::StreamEvent> events;
  std::vector<std::int32_t> frames;
  const auto total = static_cast<std::size_t>(recording.frames());
  for (std::size_t at = 0; at < total;) {
    const std::size_t end = std::min({total, at + block, (at / kOffFrames + 1) * kOffFrames});
    frames.clear();
    for (std::size_t i = at; i < end; ++i)
      for (const dsp::Lead& lead : recording.leads)
        frames.push_back(i < lead.samples.size() ? lead.samples[i] : 0);
    const auto made = analyzer.push(frames, lead_off[at / kOffFrames % lead_off.size()]);
    events.insert(events.end(), made.begin(), made.end());
    at = end;
  }
  return events;
}

void stream(const dsp::Recording& recording, const dsp::Options& options, Bytes& bytes) {
  if (recording.leads.empty()) return;
  std::vector<std::uint32_t> lead_off(8);
  for (auto& off : lead_off) off = bytes.below(4) == 0 ? bytes.word() : 0;
  const auto whole = streamed(recording, options, lead_off, 500);
  stop_at(fault_of(recording.frames(), recording.leads.size(), whole));
  const auto pieces = streamed(recording, options, lead_off, 1 + bytes.below(20));
  if (!std::ranges::equal(whole, pieces, same)) stop_at("the stream depends on how it is cut into blocks");
}

void run(std::span<const std::uint8_t> data) {
  Bytes bytes(data);
  const dsp::Options options = options_from(bytes);
  const dsp::Recording recording = recording_from(bytes);
  stop_at(fault_of(recording, dsp::analyze(recording, options)));
  stream(recording, options, bytes);
}

}  // namespace
}  // namespace ecg::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ecg::fuzz::run({data, size});
  return 0;
}
