#include "tests/accuracy/score/beat_match.h"

#include <algorithm>
#include <cstdlib>

namespace ecg::accuracy {
namespace {

constexpr std::string_view kClasses = "NSVFQ-";

std::size_t class_index(char letter) {
  const auto at = kClasses.find(letter);
  return at == std::string_view::npos ? kClasses.find('Q') : at;
}

struct Mark {
  std::int64_t sample;
  std::size_t beat_class;
};

struct Pairing {
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  std::vector<std::size_t> missed, extra;
};

// The earlier of the two heads is paired with the other one if that is near enough and not nearer to the next
// beat of the same list.
Pairing pair_up(const std::vector<Mark>& reference, const std::vector<Mark>& found, std::int64_t window) {
  constexpr std::int64_t kFar = std::int64_t{1} << 60;
  const auto sample = [](const std::vector<Mark>& list, std::size_t i) {
    return i < list.size() ? list[i].sample : kFar;
  };
  Pairing out;
  std::size_t r = 0, d = 0;
  while (r < reference.size() && d < found.size()) {
    const bool reference_first = reference[r].sample <= found[d].sample;
    const std::int64_t early = reference_first ? reference[r].sample : found[d].sample;
    const std::int64_t late = reference_first ? found[d].sample : reference[r].sample;
    const std::int64_t next = reference_first ? sample(reference, r + 1) : sample(found, d + 1);
    if (late - early <= window && late - early < std::abs(next - late)) {
      out.pairs.emplace_back(r++, d++);
    } else if (reference_first) {
      out.missed.push_back(r++);
    } else {
      out.extra.push_back(d++);
    }
  }
  while (r < reference.size()) out.missed.push_back(r++);
  while (d < found.size()) out.extra.push_back(d++);
  return out;
}

// Samples that count: from start to end, outside fibrillation.
class Scored {
 public:
  Scored(const std::vector<Annotation>& annotations, std::int64_t start, std::int64_t end)
      : start_(start), end_(end) {
    std::int64_t onset = -1;
    for (const Annotation& a : annotations) {
      if (a.symbol == "[") onset = a.sample;
      if (a.symbol == "]" && onset >= 0) {
        out_.emplace_back(onset, a.sample);
        onset = -1;
      }
    }
    if (onset >= 0) out_.emplace_back(onset, end);
  }

  bool counts(std::int64_t sample) const {
    if (sample < start_ || sample >= end_) return false;
    return std::ranges::none_of(out_, [sample](const std::pair<std::int64_t, std::int64_t>& f) {
      return f.first <= sample && sample <= f.second;
    });
  }

 private:
  std::int64_t start_, end_;
  std::vector<std::pair<std::int64_t, std::int64_t>> out_;
};

}  // namespace

ScoredBeats score_beats(const Record& record, std::span<const dsp::Beat> beats, double start_s) {
  const double hz = record.recording.sampling_frequency.value;
  const auto annotations = read_annotations(record.path + ".atr", hz);
  std::vector<Mark> reference, found;
  for (const Annotation& a : annotations) {
    if (is_beat(a.symbol))
      reference.push_back({a.sample, class_index(static_cast<char>(aami_class(a.symbol)))});
  }
  for (const dsp::Beat& beat : beats)
    found.push_back({beat.r_peak, class_index(static_cast<char>(beat.beat_class))});
  std::ranges::stable_sort(found, {}, &Mark::sample);

  const Scored scored(annotations, static_cast<std::int64_t>(start_s * hz), record.recording.frames());
  const auto pairing = pair_up(reference, found, static_cast<std::int64_t>(std::nearbyint(kMatchS * hz)));
  ScoredBeats out;
  out.record = record.id;
  const std::size_t none = kClasses.find('-');
  for (const auto& pair : pairing.pairs) {
    const Mark &r = reference[pair.first], &d = found[pair.second];
    if (!scored.counts(r.sample)) continue;
    ++out.paired;
    ++out.classes[r.beat_class][d.beat_class];
    out.errors_ms.push_back(static_cast<double>(d.sample - r.sample) * 1000 / hz);
  }
  for (const std::size_t i : pairing.missed) {
    if (!scored.counts(reference[i].sample)) continue;
    ++out.missed;
    ++out.classes[reference[i].beat_class][none];
  }
  for (const std::size_t i : pairing.extra) {
    if (!scored.counts(found[i].sample)) continue;
    ++out.extra;
    ++out.classes[none][found[i].beat_class];
  }
  return out;
}

BeatSummary summarize(const std::vector<ScoredBeats>& records) {
  int paired = 0, missed = 0, extra = 0;
  std::vector<double> errors, free;
  for (const ScoredBeats& r : records) {
    paired += r.paired;
    missed += r.missed;
    extra += r.extra;
    const double offset = median(r.errors_ms);
    for (const double e : r.errors_ms) {
      errors.push_back(e);
      free.push_back(e - offset);
    }
  }
  BeatSummary out;
  out.sensitivity = percent(paired, paired + missed);
  out.predictive_value = percent(paired, paired + extra);
  out.error_rate = percent(missed + extra, paired + missed);
  out.f1 = percent(2 * paired, 2 * paired + missed + extra);
  out.timing_rms_ms = root_mean_square(free);
  out.text = line(
      "recs %3zu TP %6d FN %5d FP %5d Se %.3f +P %.3f DER %.3f%% F1 %.3f | bias %.1f rms %.1f "
      "shift-free rms %.1f ms | worst",
      records.size(), paired, missed, extra, out.sensitivity, out.predictive_value, out.error_rate, out.f1,
      mean(errors), root_mean_square(errors), out.timing_rms_ms);
  std::vector<const ScoredBeats*> worst;
  for (const ScoredBeats& r : records) worst.push_back(&r);
  std::ranges::stable_sort(worst, std::greater<>(),
                           [](const ScoredBeats* r) { return r->missed + r->extra; });
  for (std::size_t i = 0; i < std::min<std::size_t>(6, worst.size()); ++i)
    out.text += line(" %s(%d/%d)", worst[i]->record.c_str(), worst[i]->missed, worst[i]->extra);
  return out;
}

std::string record_lines(const std::vector<ScoredBeats>& records) {
  std::string out;
  for (const ScoredBeats& r : records)
    out += line("%-8s TP %6d FN %5d FP %5d Se %7.3f +P %7.3f bias %6.1f sd %5.1f\n", r.record.c_str(),
                r.paired, r.missed, r.extra, percent(r.paired, r.paired + r.missed),
                percent(r.paired, r.paired + r.extra), mean(r.errors_ms), standard_deviation(r.errors_ms));
  return out;
}

ClassScore score_class(const std::vector<ScoredBeats>& records, const char* name, dsp::BeatClass wanted,
                       std::string_view forgiven) {
  const std::size_t own = class_index(static_cast<char>(wanted));
  int all = 0, right = 0, wrong = 0;
  for (const ScoredBeats& record : records) {
    right += record.classes[own][own];
    for (std::size_t k = 0; k < kClasses.size(); ++k) {
      all += record.classes[own][k];
      if (k != own && forgiven.find(kClasses[k]) == std::string_view::npos) wrong += record.classes[k][own];
    }
  }
  ClassScore out;
  out.sensitivity = percent(right, all);
  out.predictive_value = percent(right, right + wrong);
  out.text = line("%-5s n %6d TP %6d FN %5d FP %5d Se %.2f +P %.2f", name, all, right, all - right, wrong,
                  out.sensitivity, out.predictive_value);
  return out;
}

}  // namespace ecg::accuracy
