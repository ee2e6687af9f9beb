#include "tests/accuracy/score/delineation.h"

#include <algorithm>
#include <array>

#include "tests/accuracy/score/wave_list.h"

namespace ecg::accuracy {
namespace {

constexpr double kMatchS = 0.15;
// Marks this far outside the first and last annotation of a lead still count as inside.
constexpr double kSpanMarginS = 0.05;
constexpr std::array kWaves = {dsp::Wave::kP, dsp::Wave::kQrs, dsp::Wave::kT};
constexpr const char* kWaveNames[] = {"P", "QRS", "T"};
constexpr const char* kFiducialNames[] = {"on", "pk", "off"};
constexpr const char* kLeads[] = {"i", "ii", "iii", "avr", "avl", "avf", "v1", "v2", "v3", "v4", "v5", "v6"};

struct Fiducial {
  int matched = 0, missed = 0, extra = 0;
  std::vector<double> errors_ms;

  Fiducial& operator+=(const Fiducial& other) {
    matched += other.matched;
    missed += other.missed;
    extra += other.extra;
    errors_ms.insert(errors_ms.end(), other.errors_ms.begin(), other.errors_ms.end());
    return *this;
  }
};

struct Scored {
  std::array<std::array<Fiducial, 3>, 3> fiducials;  // by wave, by place in it
  std::map<std::string, double> wanted, found;       // global intervals, ms
};

std::vector<double> samples_of(const WaveList& waves, dsp::Wave wave, std::size_t which) {
  std::vector<double> out;
  for (const MarkedWave& w : waves)
    if (w.wave == wave && w.at[which]) out.push_back(*w.at[which]);
  std::ranges::sort(out);
  return out;
}

struct Span {
  double from, to;
  bool holds(double sample) const { return from <= sample && sample <= to; }
};

void match(const std::vector<double>& reference, const std::vector<double>& found, double hz, Span span,
           Fiducial& out) {
  std::vector<bool> used(found.size());
  for (const double r : reference) {
    const auto nearest = std::ranges::min_element(found, {}, [r](double d) { return std::abs(d - r); });
    const auto at = static_cast<std::size_t>(nearest - found.begin());
    if (nearest == found.end() || std::abs(*nearest - r) > kMatchS * hz || used[at]) {
      ++out.missed;
      continue;
    }
    used[at] = true;
    ++out.matched;
    out.errors_ms.push_back((*nearest - r) * 1000 / hz);
  }
  for (std::size_t i = 0; i < found.size(); ++i)
    if (!used[i] && span.holds(found[i])) ++out.extra;
}

int lead_position(const dsp::Recording& recording, const std::string& name) {
  return recording.find(dsp::lead_from_name(name));
}

WaveList found_in(const dsp::Analysis& analysis, int lead) {
  WaveList out;
  for (const dsp::WaveMark& mark : analysis.waves) {
    if (mark.lead != lead) continue;
    MarkedWave wave;
    wave.wave = mark.wave;
    const std::optional<dsp::SampleIndex> at[3] = {mark.onset, mark.peak, mark.offset};
    for (std::size_t k = 0; k < 3; ++k)
      if (at[k]) wave.at[k] = static_cast<double>(*at[k]);
    out.push_back(wave);
  }
  return out;
}

Scored score_record(const Record& record, const dsp::Analysis& analysis) {
  const double hz = record.recording.sampling_frequency.value;
  Scored out;
  std::vector<WaveList> wanted, found;
  for (const char* lead : kLeads) {
    const auto annotations = read_annotations(record.path + "." + lead, hz);
    if (annotations.empty()) throw std::runtime_error(record.path + "." + lead + ": no annotations");
    const Span span = {static_cast<double>(annotations.front().sample) - kSpanMarginS * hz,
                       static_cast<double>(annotations.back().sample) + kSpanMarginS * hz};
    wanted.push_back(waves_of(annotations));
    found.push_back(found_in(analysis, lead_position(record.recording, lead)));
    for (std::size_t w = 0; w < 3; ++w)
      for (std::size_t k = 0; k < 3; ++k)
        match(samples_of(wanted.back(), kWaves[w], k), samples_of(found.back(), kWaves[w], k), hz, span,
              out.fiducials[w][k]);
    std::erase_if(found.back(),
                  [span](const MarkedWave& w) { return !w.at[kPeak] || !span.holds(*w.at[kPeak]); });
  }
  out.wanted = global_intervals(wanted, hz);
  out.found = global_intervals(found, hz);
  return out;
}

// Without the share of largest deviations that the CSE procedure drops.
std::vector<double> core_of(std::vector<double> errors) {
  constexpr double kKept = 0.96;
  const double center = median(errors);
  std::ranges::sort(errors);
  std::ranges::stable_sort(errors, {}, [center](double e) { return std::abs(e - center); });
  errors.resize(
      std::max<std::size_t>(1, static_cast<std::size_t>(static_cast<double>(errors.size()) * kKept)));
  return errors;
}

void add_interval(const std::string& name, const std::vector<Scored>& records, Report& out) {
  std::vector<double> errors;
  int missed = 0;
  for (const Scored& r : records) {
    if (!r.wanted.contains(name)) continue;
    if (r.found.contains(name)) {
      errors.push_back(r.found.at(name) - r.wanted.at(name));
    } else {
      ++missed;
    }
  }
  if (errors.empty()) return;
  const auto core = core_of(errors);
  out.text += line(
      "  interval %-4s n %4zu miss %3d mean %6.1f sd %5.1f  median %6.1f | without 4 %% outliers "
      "mean %6.1f sd %5.1f\n",
      name.c_str(), errors.size(), missed, mean(errors), standard_deviation(errors), median(errors),
      mean(core), standard_deviation(core));
  out.figures.push_back({name + " interval mean ms", mean(errors)});
  out.figures.push_back({name + " interval SD ms", standard_deviation(errors)});
}

}  // namespace

Report score_delineation(const Context& context) {
  const auto& names = context.data->names("ludb");
  std::vector<Scored> records(names.size());
  in_parallel(names.size(), [&](std::size_t i) {
    const auto record = context.data->load(names[i]);
    records[i] = score_record(*record, context.analyze(*record));
  });
  Report out;
  if (context.verbose) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      out.text += line("%-10s", names[i].c_str());
      for (const char* interval : {"P", "PR", "QRS", "QT"}) {
        const auto &w = records[i].wanted, &f = records[i].found;
        out.text +=
            w.contains(interval) ? line("  %s %.0f", interval, w.at(interval)) : line("  %s -", interval);
        out.text += f.contains(interval) ? line(" (%.0f)", f.at(interval)) : " (-)";
      }
      out.text += "\n";
    }
  }
  out.text += line("%zu records\n", names.size());
  for (std::size_t w = 0; w < 3; ++w) {
    for (std::size_t k = 0; k < 3; ++k) {
      Fiducial sum;
      for (const Scored& r : records) sum += r.fiducials[w][k];
      const double se = percent(sum.matched, sum.matched + sum.missed);
      const double pp = percent(sum.matched, std::max(1, sum.matched + sum.extra));
      out.text += line("  %-3s %-3s n %6d Se %6.2f +P %6.2f  err %7.1f +- %5.1f ms\n", kWaveNames[w],
                       kFiducialNames[k], sum.matched + sum.missed, se, pp, mean(sum.errors_ms),
                       standard_deviation(sum.errors_ms));
      const std::string name = std::string(kWaveNames[w]) + " " + kFiducialNames[k];
      out.figures.push_back({name + " Se %", se});
      out.figures.push_back({name + " +P %", pp});
      out.figures.push_back({name + " SD ms", standard_deviation(sum.errors_ms)});
    }
  }
  for (const char* interval : {"P", "PR", "QRS", "QT"}) add_interval(interval, records, out);
  return out;
}

}  // namespace ecg::accuracy
