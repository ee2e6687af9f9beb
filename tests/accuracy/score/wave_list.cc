#include "tests/accuracy/score/wave_list.h"

#include <algorithm>
#include <functional>

#include "tests/accuracy/score/report.h"

namespace ecg::accuracy {
namespace {

constexpr std::string_view kOtherBeats = "VASFQaJLR/fejnE";

std::optional<dsp::Wave> wave_of(const std::string& symbol) {
  if (symbol == "p") return dsp::Wave::kP;
  if (symbol == "t") return dsp::Wave::kT;
  if (symbol == "N" || kOtherBeats.find(symbol) != std::string_view::npos) return dsp::Wave::kQrs;
  return std::nullopt;
}

// One beat seen by several leads: marks closer than this belong together.
constexpr double kSameBeatS = 0.2;

std::vector<double> beat_times(const std::vector<WaveList>& leads, double hz) {
  std::vector<double> all;
  for (const WaveList& lead : leads) {
    for (const MarkedWave& w : lead) {
      if (w.wave != dsp::Wave::kQrs) continue;
      if (w.at[kPeak]) {
        all.push_back(*w.at[kPeak]);
      } else if (w.at[kOnset]) {
        all.push_back(*w.at[kOnset]);
      }
    }
  }
  std::ranges::sort(all);
  std::vector<double> beats, cluster;
  for (const double v : all) {
    if (!cluster.empty() && v - cluster.front() >= kSameBeatS * hz) {
      beats.push_back(median(cluster));
      cluster.clear();
    }
    cluster.push_back(v);
  }
  if (!cluster.empty()) beats.push_back(median(cluster));
  return beats;
}

class BeatWaves {
 public:
  explicit BeatWaves(const std::vector<WaveList>& leads)
      : leads_(leads), least_(std::max<std::size_t>(1, leads.size() / 3)) {}

  // Second earliest (or latest) fiducial over the leads, of waves whose peak lies in [low, high].
  std::optional<double> second(dsp::Wave wave, std::size_t which, double low, double high) const {
    std::vector<double> values;
    for (const WaveList& lead : leads_) {
      for (const MarkedWave& w : lead) {
        if (w.wave == wave && w.at[which] && w.at[kPeak] && low <= *w.at[kPeak] && *w.at[kPeak] <= high)
          values.push_back(*w.at[which]);
      }
    }
    if (values.size() < least_) return std::nullopt;
    if (which == kOffset) {
      std::ranges::sort(values, std::greater<>());
    } else {
      std::ranges::sort(values);
    }
    return values[std::min<std::size_t>(1, values.size() - 1)];
  }

 private:
  const std::vector<WaveList>& leads_;
  std::size_t least_;
};

}  // namespace

WaveList waves_of(const std::vector<Annotation>& annotations) {
  WaveList out;
  std::optional<double> onset;
  for (const Annotation& a : annotations) {
    const auto sample = static_cast<double>(a.sample);
    const auto wave = wave_of(a.symbol);
    if (a.symbol == "(") {
      onset = sample;
    } else if (a.symbol == ")") {
      if (!out.empty() && !out.back().at[kOffset]) out.back().at[kOffset] = sample;
      onset.reset();
    } else if (wave || a.symbol == "u") {
      // A U wave takes up its own brackets; nobody asks for it later.
      MarkedWave marked;
      marked.wave = wave.value_or(static_cast<dsp::Wave>('U'));
      marked.at[kOnset] = onset;
      marked.at[kPeak] = sample;
      out.push_back(marked);
      onset.reset();
    }
  }
  return out;
}

std::map<std::string, double> global_intervals(const std::vector<WaveList>& leads, double hz) {
  const auto beats = beat_times(leads, hz);
  const BeatWaves waves(leads);
  std::map<std::string, std::vector<double>> found;
  const auto put = [&](const char* name, std::optional<double> from, std::optional<double> to) {
    if (from && to) found[name].push_back(*to - *from);
  };
  for (std::size_t i = 0; i < beats.size(); ++i) {
    const double b = beats[i];
    const double next = i + 1 < beats.size() ? beats[i + 1] : b + 1.2 * hz;
    const double previous = i > 0 ? beats[i - 1] : b - 1.2 * hz;
    const double p_from = std::max(previous + 0.15 * hz, b - 0.45 * hz), p_to = b - 0.03 * hz;
    const double t_to = std::min(next - 0.05 * hz, b + 0.75 * hz);
    const auto qrs_on = waves.second(dsp::Wave::kQrs, kOnset, b - 0.15 * hz, b + 0.15 * hz);
    const auto qrs_off = waves.second(dsp::Wave::kQrs, kOffset, b - 0.15 * hz, b + 0.15 * hz);
    const auto p_on = waves.second(dsp::Wave::kP, kOnset, p_from, p_to);
    const auto p_off = waves.second(dsp::Wave::kP, kOffset, p_from, p_to);
    const auto t_off = waves.second(dsp::Wave::kT, kOffset, b + 0.08 * hz, t_to);
    put("QRS", qrs_on, qrs_off);
    put("QT", qrs_on, t_off);
    put("PR", p_on, qrs_on);
    put("P", p_on, p_off);
  }
  std::map<std::string, double> out;
  for (const auto& [name, values] : found)
    if (values.size() >= 2 || leads.size() == 1) out[name] = median(values) * 1000 / hz;
  return out;
}

}  // namespace ecg::accuracy
