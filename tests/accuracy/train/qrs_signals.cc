#include "tests/accuracy/train/qrs_signals.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "tests/accuracy/data/annotations.h"
#include "tests/accuracy/score/report.h"

namespace ecg::accuracy {
namespace {

using dsp::Interval;
using dsp::SampleIndex;
using Signal = std::vector<float>;

constexpr double kNoisyS = 240, kNoiseTurnS = 60;

Signal microvolts(const dsp::Lead& lead) {
  Signal out(lead.samples.size());
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<float>(lead.microvolts(static_cast<SampleIndex>(i)));
  return out;
}

// The same on every platform, unlike the distributions of <random>.
double uniform(std::mt19937& random) {
  return static_cast<double>(random() >> 8) / 16777216.0;
}

// Electrodes that move: bursts of sudden shifts that decay, partly shared by two leads.
std::array<Signal, 2> moving_electrodes(std::size_t frames, double hz, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::array<Signal, 2> out = {Signal(frames), Signal(frames)};
  std::array<double, 2> push{}, speed{}, place{};
  double calm = 0;
  for (std::size_t i = 0; i < frames; ++i) {
    calm += (uniform(random) - 0.5) * 0.02 - calm * 0.0005;
    if (uniform(random) < 4 * std::exp(3 * calm) / hz) {
      const double a = 2 * (uniform(random) - 0.5), share = uniform(random);
      push = {6 * a * a * a * share, 6 * a * a * a * (1 - share) * (uniform(random) < 0.5 ? -1 : 1)};
    }
    for (std::size_t lead = 0; lead < 2; ++lead) {
      push[lead] *= std::exp(-1 / (0.04 * hz));
      speed[lead] += (push[lead] - speed[lead]) / (0.015 * hz);
      place[lead] += speed[lead] * 30 / hz - place[lead] / (0.15 * hz);
      out[lead][i] = static_cast<float>(place[lead]);
    }
  }
  return out;
}

// Mean square about the mean of each second.
double power(const Signal& x, double hz) {
  const auto second = static_cast<std::size_t>(hz);
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t begin = 0; begin + second <= x.size(); begin += second) {
    double mean = 0;
    for (std::size_t i = begin; i < begin + second; ++i) mean += static_cast<double>(x[i]);
    mean /= static_cast<double>(second);
    for (std::size_t i = begin; i < begin + second; ++i) {
      const double off = static_cast<double>(x[i]) - mean;
      sum += off * off;
    }
    count += second;
  }
  return count > 0 ? sum / static_cast<double>(count) : 0;
}

double usual_qrs_range(const Signal& x, std::span<const SampleIndex> beats, double hz) {
  const auto reach = static_cast<SampleIndex>(0.05 * hz);
  std::vector<double> ranges;
  for (const SampleIndex r : beats) {
    if (r < reach || r + reach >= static_cast<SampleIndex>(x.size())) continue;
    const auto [low, high] = std::minmax_element(x.begin() + (r - reach), x.begin() + (r + reach + 1));
    ranges.push_back(static_cast<double>(*high - *low));
  }
  return ranges.empty() ? 0 : median(ranges);
}

// The noise at a signal-to-noise ratio as the noise stress test defines it (QRS range squared over 8), a
// minute on, a minute off.
void add_noise(Signal& x, const Signal& noise, std::span<const SampleIndex> beats, double hz,
               double decibels) {
  const double range = usual_qrs_range(x, beats, hz), noise_power = power(noise, hz);
  if (noise_power <= 0) return;
  const auto gain =
      static_cast<float>(std::sqrt(range * range / 8 / noise_power / std::pow(10, decibels / 10)));
  const auto turn = static_cast<std::size_t>(kNoiseTurnS * hz);
  for (std::size_t i = 0; i < x.size(); ++i)
    if (i / turn % 2 == 0) x[i] += gain * noise[i];
}

// Each QRS brought down to a share of its size between the levels 60 ms before and after it.
Signal weakened(const Signal& in, std::span<const SampleIndex> beats, double hz, std::uint32_t seed) {
  Signal x = in;
  std::mt19937 random(seed);
  const auto reach = static_cast<SampleIndex>(0.06 * hz);
  double share = 0.5;
  for (std::size_t k = 0; k < beats.size(); ++k) {
    if (k % 100 == 0) share = 0.25 + 0.5 * uniform(random);
    const SampleIndex begin = beats[k] - reach, end = beats[k] + reach;
    if (begin < 0 || end >= static_cast<SampleIndex>(x.size())) continue;
    const double a = static_cast<double>(in[static_cast<std::size_t>(begin)]),
                 b = static_cast<double>(in[static_cast<std::size_t>(end)]);
    for (SampleIndex i = begin; i <= end; ++i) {
      const double level = a + (b - a) * static_cast<double>(i - begin) / static_cast<double>(end - begin);
      const auto at = static_cast<std::size_t>(i);
      x[at] = static_cast<float>(level + (static_cast<double>(in[at]) - level) * share);
    }
  }
  return x;
}

struct Marked {
  std::vector<SampleIndex> beats;
  std::vector<Interval> without;
};

// Fibrillation has no beats to mark; a second on either side is left out with it.
Marked marked_beats(const Record& record) {
  Marked out;
  const double hz = record.recording.sampling_frequency.value;
  const auto second = static_cast<SampleIndex>(hz);
  SampleIndex begin = -1;
  for (const Annotation& a : read_annotations(record.path + ".atr", hz)) {
    if (is_beat(a.symbol)) out.beats.push_back(a.sample);
    if (a.symbol == "[") begin = a.sample;
    if (a.symbol != "]" || begin < 0) continue;
    out.without.push_back({begin - second, a.sample + second});
    begin = -1;
  }
  if (begin >= 0) out.without.push_back({begin - second, record.recording.frames()});
  return out;
}

class Ambulatory {
 public:
  Ambulatory(Library& data, const std::function<void(const QrsTraining&)>& use) : use_(use) {
    for (const char* name : {"nstdb/ma", "nstdb/bw"}) {
      const auto record = data.load(name);
      for (std::size_t lead = 0; lead < 2; ++lead)
        noise_[noises_][lead] = microvolts(record->recording.leads[lead]);
      ++noises_;
    }
  }

  void add(const Record& record, std::size_t number) {
    const Marked marked = marked_beats(record);
    const double hz = record.recording.sampling_frequency.value;
    const Signal one = microvolts(record.recording.leads[0]), two = microvolts(record.recording.leads[1]);
    const auto put = [&](std::vector<Signal> leads, double as_hz, float weight) {
      use_({record.patient, as_hz, std::move(leads), marked.beats, marked.without, weight, false});
    };
    put({one}, hz, 1);
    put({two}, hz, 0.3F);
    put({one, two}, hz, 0.5F);
    put({one}, 0.8 * hz, 0.4F);
    put({number % 2 == 0 ? two : one}, 1.25 * hz, 0.4F);
    const auto seed = static_cast<std::uint32_t>(3 * number);
    put({weakened(one, marked.beats, hz, seed)}, hz, 0.4F);
    put({weakened(two, marked.beats, hz, seed + 1)}, hz, 0.4F);
    constexpr std::array<double, 4> kDecibels = {18, 12, 6, 0};
    for (std::size_t k = 0; k < 6; ++k) {
      const std::vector<const Signal*> leads = k < 2    ? std::vector{&one}
                                               : k == 2 ? std::vector{&two}
                                                        : std::vector{&one, &two};
      noisy(record.patient, marked, leads, hz, k % 3, kDecibels[(number + k) % 4], number * 10 + k + 1);
    }
  }

 private:
  // A stretch of the recording with muscle noise, wander or moving electrodes.
  void noisy(const std::string& patient, const Marked& marked, const std::vector<const Signal*>& leads,
             double hz, std::size_t kind, double decibels, std::size_t seed) {
    const auto frames = static_cast<std::size_t>(kNoisyS * hz);
    if (leads[0]->size() <= frames) return;
    const std::size_t from = seed * 37 % 20 * (leads[0]->size() - frames) / 20;
    const auto begin = static_cast<SampleIndex>(from), end = static_cast<SampleIndex>(from + frames);
    QrsTraining out{patient, hz, {}, {}, {}, 0.2F, true};
    for (const SampleIndex r : marked.beats)
      if (r >= begin && r < end) out.beats.push_back(r - begin);
    for (const Interval& gap : marked.without) out.without.push_back({gap.begin - begin, gap.end - begin});
    const auto moved = moving_electrodes(frames, hz, static_cast<std::uint32_t>(seed));
    for (std::size_t lead = 0; lead < leads.size(); ++lead) {
      const auto piece = [frames](const Signal& x, std::size_t at) {
        const auto first = x.begin() + static_cast<std::ptrdiff_t>(at);
        return Signal(first, first + static_cast<std::ptrdiff_t>(frames));
      };
      Signal x = piece(*leads[lead], from);
      const Signal noise =
          kind == 2 ? moved[lead]
                    : piece(noise_[kind][lead], seed * 7919 % (noise_[kind][lead].size() - frames));
      add_noise(x, noise, out.beats, hz, decibels);
      out.leads.push_back(std::move(x));
    }
    use_(out);
  }

  const std::function<void(const QrsTraining&)>& use_;
  std::array<std::array<Signal, 2>, 2> noise_;
  std::size_t noises_ = 0;
};

// Lead by lead with the beats marked in lead II; the first and the last beats are not marked.
void add_strip(const Record& record, const std::function<void(const QrsTraining&)>& use) {
  const double hz = record.recording.sampling_frequency.value;
  std::vector<SampleIndex> beats;
  for (const Annotation& a : read_annotations(record.path + ".ii", hz))
    if (a.symbol == "N") beats.push_back(a.sample);
  if (beats.empty()) return;
  const auto margin = static_cast<SampleIndex>(0.2 * hz);
  const std::vector<Interval> without = {{0, beats.front() - margin},
                                         {beats.back() + margin, record.recording.frames()}};
  for (const dsp::Lead& lead : record.recording.leads) {
    if (lead.id == dsp::LeadId::kIII || lead.id == dsp::LeadId::kAVR) continue;
    use({record.patient, hz, {microvolts(lead)}, beats, without, 1, false});
  }
}

}  // namespace

void for_each_qrs_training(Library& data, const std::function<bool(std::string_view)>& held_out,
                           const std::function<void(const QrsTraining&)>& use) {
  Ambulatory ambulatory(data, use);
  std::size_t number = 0;
  for (const std::string& name : data.names("mitdb")) {
    const auto record = data.load(name);
    if (!held_out(record->patient)) ambulatory.add(*record, number);
    ++number;
  }
  for (const std::string& name : data.names("ludb")) {
    const auto record = data.load(name);
    if (!held_out(record->patient)) add_strip(*record, use);
  }
}

}  // namespace ecg::accuracy
