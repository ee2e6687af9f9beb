#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "tests/accuracy/data/annotations.h"
#include "tests/accuracy/data/table.h"
#include "tests/accuracy/score/rhythm.h"

namespace ecg::accuracy {
namespace {

constexpr double kWindowS = 5, kGuardS = 5, kOverlap = 0.5;
constexpr std::int8_t kIgnored = -1, kOther = 0, kShockable = 1;

using Truth = std::vector<std::int8_t>;  // by sample

std::int8_t class_of(const std::string& rhythm) {
  for (const char* shockable : {"VF", "VFL", "VFIB", "VT"})
    if (rhythm == shockable) return kShockable;
  for (const char* ignored : {"NOISE", "NOD", "ASYS"})
    if (rhythm == ignored) return kIgnored;
  return kOther;
}

std::string rhythm_name(const std::string& aux) {
  const auto from = aux.find_first_not_of("( ");
  const auto to = aux.find_last_not_of(" \t");
  return from == std::string::npos ? "" : aux.substr(from, to - from + 1);
}

Truth vfdb_truth(const Record& record) {
  const double hz = record.recording.sampling_frequency.value;
  Truth truth(static_cast<std::size_t>(record.recording.frames()), kIgnored);
  std::vector<std::pair<std::size_t, std::int8_t>> changes;
  for (const Annotation& a : read_annotations(record.path + ".atr", hz)) {
    if (a.symbol != "+" || !a.aux.starts_with('(')) continue;
    // The first rhythm was there before it was marked.
    const bool from_start = changes.empty() && static_cast<double>(a.sample) < hz;
    changes.emplace_back(from_start ? 0 : static_cast<std::size_t>(a.sample), class_of(rhythm_name(a.aux)));
  }
  for (std::size_t k = 0; k < changes.size(); ++k) {
    const std::size_t end = k + 1 < changes.size() ? changes[k + 1].first : truth.size();
    for (std::size_t i = changes[k].first; i < std::min(end, truth.size()); ++i) truth[i] = changes[k].second;
  }
  return truth;
}

// Reference of the windows of 5 s, by patient and start sample.
std::map<std::string, std::map<std::size_t, std::int8_t>> cudb_windows(const Library& data) {
  std::map<std::string, std::map<std::size_t, std::int8_t>> out;
  for (const TableRow& row : read_table(data.root() + "/cudb/windows_5s_shockable.csv")) {
    const auto start = static_cast<std::size_t>(std::atoll(row.at("start_sample").c_str()));
    out["cudb/" + row.at("record")][start] = row.at("shockable") == "1" ? kShockable : kOther;
  }
  return out;
}

Truth cudb_truth(const Record& record, const std::map<std::size_t, std::int8_t>& windows) {
  Truth truth(static_cast<std::size_t>(record.recording.frames()), kIgnored);
  const auto step =
      static_cast<std::size_t>(std::nearbyint(kWindowS * record.recording.sampling_frequency.value));
  for (const auto& [start, value] : windows)
    for (std::size_t i = start; i < std::min(start + step, truth.size()); ++i) truth[i] = value;
  return truth;
}

std::vector<char> called(const dsp::Analysis& analysis, std::size_t samples) {
  std::vector<char> out(samples, 0);
  for (const dsp::RhythmInterval& part : analysis.rhythm) {
    if (part.code != "VF" && part.code != "VFL" && part.code != "VT") continue;
    const auto from = static_cast<std::size_t>(std::max<dsp::SampleIndex>(0, part.interval.begin));
    const auto to = static_cast<std::size_t>(std::max<dsp::SampleIndex>(0, part.interval.end));
    for (std::size_t i = from; i < std::min(to, samples); ++i) out[i] = 1;
  }
  return out;
}

// The class of the window [from, to), or kIgnored when it does not count.
std::int8_t window_class(const Truth& truth, std::size_t from, std::size_t to, std::size_t guard) {
  const std::int8_t own = truth[from];
  for (std::size_t i = from; i < to; ++i)
    if (truth[i] != own) return kIgnored;
  const auto other = static_cast<std::int8_t>(1 - own);
  for (std::size_t i = from - std::min(from, guard); i < std::min(truth.size(), to + guard); ++i)
    if (truth[i] == other) return kIgnored;
  return own;
}

Confusion score(const Truth& truth, const dsp::Analysis& analysis, double hz) {
  const auto hit = called(analysis, truth.size());
  const auto step = static_cast<std::size_t>(std::nearbyint(kWindowS * hz));
  const auto guard = static_cast<std::size_t>(std::nearbyint(kGuardS * hz));
  Confusion out;
  for (std::size_t from = 0; from + step <= truth.size(); from += step) {
    const std::int8_t own = window_class(truth, from, from + step, guard);
    if (own == kIgnored) continue;
    const auto begin = hit.begin() + static_cast<std::ptrdiff_t>(from);
    const auto covered = std::count(begin, begin + static_cast<std::ptrdiff_t>(step), 1);
    out.add(own == kShockable, static_cast<double>(covered) >= kOverlap * static_cast<double>(step));
  }
  return out;
}

// Lower end of the one-sided 90 % Wilson limit, percent. Windows of one record are not independent, so it
// flatters.
double lower90(double hits, double n) {
  if (n <= 0) return std::numeric_limits<double>::quiet_NaN();
  constexpr double z = 1.2816;
  const double p = hits / n;
  const double low = p + z * z / (2 * n) - z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  return 100 * std::max(0.0, low) / (1 + z * z / n);
}

std::string confusion_line(const std::string& label, const Confusion& c) {
  return line(
      "%-8s windows %5d shockable %4d | Se %6.2f (lo90 %5.1f) Sp %6.2f (lo90 %5.1f) +P %6.2f | FN %d FP "
      "%d\n",
      label.c_str(), c.positives() + c.negatives(), c.positives(), c.sensitivity(),
      lower90(c.true_positive, c.positives()), c.specificity(), lower90(c.true_negative, c.negatives()),
      c.predictive_value(), c.false_negative, c.false_positive);
}

// A record that is stored twice counts once.
std::vector<std::string> scored_names(
    Library& data, const std::map<std::string, std::map<std::size_t, std::int8_t>>& windows) {
  std::vector<std::string> out;
  for (const std::string& name : data.names("vfdb"))
    if (std::filesystem::exists(data.root() + "/" + name + ".atr")) out.push_back(name);
  std::string last;
  for (const std::string& name : data.names("cudb")) {
    const std::string patient = data.patient_of(name);
    if (patient == last || !windows.contains(patient)) continue;
    last = patient;
    out.push_back(name);
  }
  return out;
}

}  // namespace

Report score_shockable(const Context& context) {
  const auto windows = cudb_windows(*context.data);
  const auto names = scored_names(*context.data, windows);
  std::vector<Confusion> scored(names.size());
  in_parallel(names.size(), [&](std::size_t i) {
    const auto record = context.data->load(names[i]);
    const Truth truth =
        record->database == "vfdb" ? vfdb_truth(*record) : cudb_truth(*record, windows.at(record->patient));
    scored[i] = score(truth, context.analyze(*record), record->recording.sampling_frequency.value);
  });
  Report out;
  Confusion vfdb, cudb;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (context.verbose) out.text += confusion_line(names[i].substr(names[i].find('/') + 1), scored[i]);
    (names[i].starts_with("vfdb") ? vfdb : cudb) += scored[i];
  }
  Confusion all = vfdb;
  all += cudb;
  out.text += confusion_line("vfdb", vfdb) + confusion_line("cudb", cudb) + confusion_line("all", all);
  out.figures = {{"Se %", all.sensitivity()},       {"Sp %", all.specificity()},
                 {"vfdb Se %", vfdb.sensitivity()}, {"vfdb Sp %", vfdb.specificity()},
                 {"cudb Se %", cudb.sensitivity()}, {"cudb Sp %", cudb.specificity()}};
  return out;
}

}  // namespace ecg::accuracy
