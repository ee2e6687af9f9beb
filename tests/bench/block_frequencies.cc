// Counts how large the residuals of codec 2 are in each context over real recordings and prints the
// frequencies that common/wire/block_frequencies.inc holds. The table is part of the format and frozen: this
// shows where it came from and serves the codec after it.
//   block-frequencies FOLDER...   every 12-lead WFDB record below, each recording with the same weight
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

#include "common/formats/format.h"
#include "common/wire/residual_model.h"

namespace {

using ecg::dsp::LeadId;
using ecg::wire::kContexts;
using ecg::wire::kDirect;
using ecg::wire::kSymbols;
using Row = std::array<double, kSymbols>;
using Counts = std::vector<Row>;

constexpr int kTotal = 2048;
constexpr std::size_t kBlockFrames = 125;

int symbol_of(std::int32_t residual) {
  const std::int64_t size = std::abs(static_cast<std::int64_t>(residual));
  if (size <= kDirect) return residual + kDirect;
  const int exponent = static_cast<int>(std::log2(static_cast<double>(size)));
  return exponent > ecg::wire::kMostExponent ? ecg::wire::kRawSymbol
                                             : 2 * kDirect + 1 + exponent - ecg::wire::kLeastExponent;
}

void count(const ecg::dsp::Recording& recording, Counts& counts) {
  std::vector<const ecg::dsp::Lead*> leads;
  for (const LeadId id : {LeadId::kI, LeadId::kII, LeadId::kV1, LeadId::kV2, LeadId::kV3, LeadId::kV4,
                          LeadId::kV5, LeadId::kV6}) {
    const int at = recording.find(id);
    if (at < 0) return;
    leads.push_back(&recording.leads[static_cast<std::size_t>(at)]);
  }
  const auto frames = static_cast<std::size_t>(recording.frames());
  const double weight = 1000.0 / static_cast<double>(std::max<std::size_t>(frames, 1));
  for (std::size_t begin = 0; begin < frames; begin += kBlockFrames) {
    ecg::wire::ResidualModel model(leads.size());
    for (std::size_t n = begin; n < std::min(frames, begin + kBlockFrames); ++n) {
      for (std::size_t l = 0; l < leads.size(); ++l) {
        const auto value = static_cast<std::uint32_t>(leads[l]->samples[n]);
        const auto residual = static_cast<std::int32_t>(value - model.predicted(l));
        const int context = model.context(l);
        counts[static_cast<std::size_t>(context)][static_cast<std::size_t>(symbol_of(residual))] += weight;
        model.tell(l, value, residual);
      }
    }
  }
}

// Where little was seen: residuals fall off evenly to both sides, as wide as the context is active.
void add_prior(int context, Row& row) {
  const double scale = 0.4 + 0.35 * std::pow(1.38, context / 3);
  Row prior{};
  for (int size = 0; size < 1 << 14; ++size) {
    const double share = std::exp(-size / scale);
    prior[static_cast<std::size_t>(symbol_of(size))] += share;
    if (size > 0) prior[static_cast<std::size_t>(symbol_of(-size))] += share;
  }
  const double sum = std::accumulate(prior.begin(), prior.end(), 0.0);
  constexpr double kWeight = 20;
  for (std::size_t s = 0; s < row.size(); ++s) row[s] += kWeight * (0.98 * prior[s] / sum + 0.02 / kSymbols);
}

std::array<int, kSymbols> frequencies(const Row& row) {
  const double sum = std::accumulate(row.begin(), row.end(), 0.0);
  std::array<int, kSymbols> out{};
  for (std::size_t s = 0; s < row.size(); ++s) {
    out[s] = std::max(1, static_cast<int>(std::lround(row[s] / sum * kTotal)));
  }
  *std::ranges::max_element(out) += kTotal - std::accumulate(out.begin(), out.end(), 0);
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  Counts counts(kContexts);
  std::vector<std::filesystem::path> headers;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i])) {
      if (entry.path().extension() == ".hea") headers.push_back(entry.path());
    }
  }
  std::ranges::sort(headers);
  int used = 0;
  for (const auto& path : headers) {
    const auto imported = ecg::formats::read_file(path);
    if (!imported.ok()) continue;
    count(imported->recording, counts);
    ++used;
  }
  std::fprintf(stderr, "%d recordings\n", used);
  for (int c = 0; c < kContexts; ++c) {
    add_prior(c, counts[static_cast<std::size_t>(c)]);
    std::printf("{");
    for (const int f : frequencies(counts[static_cast<std::size_t>(c)])) std::printf("%d,", f);
    std::printf("},\n");
  }
}
