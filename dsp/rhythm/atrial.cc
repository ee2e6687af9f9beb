#include "dsp/rhythm/atrial.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "dsp/filter/basic.h"

namespace ecg::dsp {
namespace {

constexpr double kRateHz = 125;
constexpr double kStripMostS = 60;

// One lead at about 125 Hz.
struct Thin {
  std::vector<float> x;
  Hertz rate;
};

Thin thin(const Channel& channel, Hertz fs) {
  const auto step = static_cast<std::size_t>(std::max(1, static_cast<int>(fs.value / kRateHz + 0.5)));
  Thin out;
  out.rate = {fs.value / static_cast<double>(step)};
  out.x.reserve(channel.centered.size() / step);
  for (std::size_t i = 0; i + step <= channel.centered.size(); i += step) {
    float sum = 0;
    for (std::size_t k = 0; k < step; ++k) sum += channel.centered[i + k];
    out.x.push_back(sum / static_cast<float>(step));
  }
  return out;
}

std::vector<int> beats_at(std::span<const Beat> beats, Hertz fs, Hertz rate) {
  std::vector<int> out;
  for (const Beat& beat : beats) {
    out.push_back(static_cast<int>(static_cast<double>(beat.r_peak) * rate.value / fs.value));
  }
  return out;
}

std::vector<const Channel*> leads_of(std::span<const Channel> channels, std::span<const LeadId> wanted) {
  std::vector<const Channel*> out;
  for (LeadId id : wanted) {
    for (const Channel& channel : channels) {
      if (channel.id == id && !channel.centered.empty()) out.push_back(&channel);
    }
  }
  if (out.empty() && !channels.empty()) out.push_back(&channels.front());
  return out;
}

void bridge(std::vector<float>& x, int begin, int end) {
  const int n = static_cast<int>(x.size());
  begin = std::max(begin, 1);
  end = std::min(end, n - 1);
  if (begin >= end) return;
  const float left = x[static_cast<std::size_t>(begin - 1)], right = x[static_cast<std::size_t>(end)];
  for (int i = begin; i < end; ++i) {
    x[static_cast<std::size_t>(i)] =
        left + (right - left) * static_cast<float>(i - begin + 1) / static_cast<float>(end - begin + 1);
  }
}

// Without what is slower than about 2 Hz, and without the steps of bridges.
std::vector<float> quickened(const std::vector<float>& x, Hertz rate) {
  std::vector<float> slow, smooth, out(x.size());
  moving_average(x, samples_of_ms(rate, 320), slow);
  moving_average(x, samples_of_ms(rate, 40), smooth);
  for (std::size_t i = 0; i < x.size(); ++i) out[i] = smooth[i] - slow[i];
  return out;
}

float autocorrelation(const std::vector<float>& x, std::size_t lag) {
  std::array<float, 4> sum{}, power{};
  const std::size_t n = x.size();
  for (std::size_t i = lag; i + 4 <= n; i += 4) {
    for (std::size_t k = 0; k < 4; ++k) {
      sum[k] += x[i + k] * x[i + k - lag];
      power[k] += x[i + k] * x[i + k];
    }
  }
  const float all = power[0] + power[1] + power[2] + power[3];
  return all > 0 ? (sum[0] + sum[1] + sum[2] + sum[3]) / all : 0;
}

}  // namespace

Flutter find_flutter(std::span<const Channel> channels, std::span<const Beat> beats, Hertz fs) {
  constexpr std::array kLeads = {LeadId::kII, LeadId::kIII, LeadId::kAVF, LeadId::kV1};
  Flutter best;
  if (beats.size() < 4) return best;
  for (const Channel* channel : leads_of(channels, kLeads)) {
    if (static_cast<double>(channel->centered.size()) > kStripMostS * fs.value) return best;
    Thin lead = thin(*channel, fs);
    for (int r : beats_at(beats, fs, lead.rate)) {
      bridge(lead.x, r - samples_of_ms(lead.rate, 60), r + samples_of_ms(lead.rate, 60));
    }
    const std::vector<float> x = quickened(lead.x, lead.rate);
    float size = 0;
    for (float v : x) size += std::abs(v);
    if (size < 15 * static_cast<float>(x.size())) continue;  // microvolts on the mean
    const auto from = static_cast<std::size_t>(samples_of_ms(lead.rate, 170));
    const auto to = static_cast<std::size_t>(samples_of_ms(lead.rate, 264));
    for (std::size_t lag = from; lag <= to; ++lag) {
      const float once = autocorrelation(x, lag);
      if (once < autocorrelation(x, lag - 1) || once < autocorrelation(x, lag + 1)) continue;
      const float trough = autocorrelation(x, lag / 2);
      float twice = 0;
      for (std::size_t k = 2 * lag - 1; k <= 2 * lag + 1; ++k) twice = std::max(twice, autocorrelation(x, k));
      const double steadiness = static_cast<double>(std::min({once, twice, -trough + 0.25F}));
      if (steadiness > best.steadiness) best = {steadiness, static_cast<double>(lag) / lead.rate.value};
    }
  }
  return best;
}

namespace {

constexpr double kMostVentricularBpm = 90, kMostRegularBpm = 65;
constexpr double kLeastAtrialBpm = 55;
constexpr double kLeastCycleS = 0.36, kMostCycleS = 1.4;

// How much looks like a P wave at each sample: a hump of about 80 ms in II and V1 together, QRS-T subtracted.
std::vector<float> p_evidence(std::span<const Channel> channels, std::span<const Beat> beats, double rr_s,
                              Hertz fs, Hertz& rate) {
  constexpr std::array kLeads = {LeadId::kII, LeadId::kV1, LeadId::kI};
  std::vector<float> sum;
  for (const Channel* channel : leads_of(channels, kLeads)) {
    Thin lead = thin(*channel, fs);
    rate = lead.rate;
    const int before = samples_of_ms(rate, 60), after = samples_of_ms(rate, std::min(390.0, 450 * rr_s));
    std::vector<float> mean(static_cast<std::size_t>(before + after), 0);
    const std::vector<int> r_peaks = beats_at(beats, fs, rate);
    const int n = static_cast<int>(lead.x.size());
    std::vector<float> level(r_peaks.size(), 0), piece;
    // The median over the beats, each from its level before QRS: a P wave on one T is not in it.
    for (int k = -before; k < after; ++k) {
      piece.clear();
      for (int r : r_peaks) {
        if (r - before >= 0 && r + after < n) {
          piece.push_back(lead.x[static_cast<std::size_t>(r + k)] -
                          lead.x[static_cast<std::size_t>(r - before)]);
        }
      }
      mean[static_cast<std::size_t>(k + before)] = quantile(piece, 0.5);
    }
    for (int r : r_peaks) {
      for (int k = -before; k < after; ++k) {
        if (r + k >= 0 && r + k < n) {
          lead.x[static_cast<std::size_t>(r + k)] -= mean[static_cast<std::size_t>(k + before)];
        }
      }
    }
    const int flank = samples_of_ms(rate, 88);
    std::vector<float> smooth;
    moving_average(lead.x, samples_of_ms(rate, 56), smooth);
    sum.resize(smooth.size(), 0);
    for (int i = flank; i + flank < n; ++i) {
      const auto at = static_cast<std::size_t>(i), f = static_cast<std::size_t>(flank);
      const float hump = smooth[at] - 0.5F * (smooth[at - f] + smooth[at + f]);
      sum[at] += hump * hump;
    }
  }
  for (float& v : sum) v = std::sqrt(v);
  return sum;
}

struct Train {
  double cycle_s = 0, phase_s = 0, strength = 0;
  std::vector<double> p_s;  // of the humps found on the grid
};

// The grid of steady distance on which the evidence is largest against its mean. hidden[i]: within a QRS.
Train best_train(const std::vector<float>& evidence, const std::vector<char>& hidden, double rate) {
  double mean = 0;
  int seen = 0;
  for (std::size_t i = 0; i < evidence.size(); ++i) {
    if (hidden[i] == 0) mean += static_cast<double>(evidence[i]), ++seen;
  }
  Train best;
  if (seen == 0 || mean <= 0) return best;
  mean /= seen;
  const double length = static_cast<double>(evidence.size());
  for (double cycle = kLeastCycleS * rate; cycle <= kMostCycleS * rate; cycle += 1) {
    for (double phase = 0; phase < cycle; phase += 2) {
      double sum = 0;
      int count = 0, least_seen = 0;
      for (double at = phase; at + 3 < length; at += cycle) {
        const auto i = static_cast<std::size_t>(std::max(3.0, at));
        if (hidden[i] != 0) continue;
        const float own = std::max({evidence[i - 2], evidence[i], evidence[i + 2]});
        sum += std::min(static_cast<double>(own) / mean, 4.0);
        least_seen += static_cast<double>(own) > 1.2 * mean ? 1 : 0;
        ++count;
      }
      if (count < 5 || 10 * least_seen < 8 * count) continue;
      // Twice the cycle is as strong; the shorter one that holds explains more.
      const double strength = sum / count + 0.15 * std::log(static_cast<double>(count));
      if (strength > best.strength) best = {cycle / rate, phase / rate, strength, {}};
    }
  }
  if (best.cycle_s <= 0) return best;
  for (double at = best.phase_s * rate; at < length; at += best.cycle_s * rate) best.p_s.push_back(at / rate);
  return best;
}

// Milliseconds from the last P at least 90 ms before each R.
std::vector<double> pr_of(const std::vector<double>& p_s, const std::vector<double>& r_s) {
  std::vector<double> out;
  for (double r : r_s) {
    double pr = -1;
    for (double p : p_s) {
      if (p < r - 0.09) pr = (r - p) * 1000;
    }
    if (pr > 0) out.push_back(pr);
  }
  return out;
}

double spread(const std::vector<double>& values) {
  double sum = 0, squares = 0;
  for (double v : values) sum += v, squares += v * v;
  const double n = static_cast<double>(values.size());
  return n > 1 ? std::sqrt(std::max(0.0, squares / n - sum / n * (sum / n))) : 0;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (double v : values) sum += v;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

// Pauses of nearly two atrial cycles among intervals of about one: PR that grows up to the pause is Mobitz I.
std::string_view second_degree(const std::vector<double>& rr, const std::vector<double>& pr, double cycle_s) {
  int dropped = 0, growing = 0, steady = 0;
  for (std::size_t b = 0; b < rr.size(); ++b) {
    if (rr[b] < 1.45 * cycle_s) {
      if (rr[b] < 0.85 * cycle_s || rr[b] > 1.4 * cycle_s) return "";
      continue;
    }
    if (rr[b] > 2.2 * cycle_s) return "";
    ++dropped;
    if (b + 1 >= pr.size()) continue;
    const double change = pr[b] - pr[b + 1];  // before the pause against after it
    growing += change > 40 ? 1 : 0;
    steady += std::abs(change) <= 30 ? 1 : 0;
  }
  if (dropped == 0) return "";
  if (growing > steady) return "2AVB1";
  return steady > 0 ? "2AVB2" : "";
}

}  // namespace

AvConduction find_av_block(std::span<const Channel> channels, std::span<const Beat> beats, Hertz fs) {
  AvConduction out;
  if (beats.size() < 5 || channels.empty()) return out;
  if (static_cast<double>(channels.front().centered.size()) > kStripMostS * fs.value) return out;
  std::vector<double> r_s, rr;
  for (const Beat& beat : beats) r_s.push_back(static_cast<double>(beat.r_peak) / fs.value);
  for (std::size_t b = 1; b < r_s.size(); ++b) rr.push_back(r_s[b] - r_s[b - 1]);
  const double mean_rr = mean_of(rr), rr_spread = spread(rr) / mean_rr;
  // A regular rhythm of usual rate conducts.
  if (60 / mean_rr > (rr_spread > 0.06 ? kMostVentricularBpm : kMostRegularBpm)) return out;
  Hertz rate;
  const std::vector<float> evidence = p_evidence(channels, beats, mean_rr, fs, rate);
  std::vector<char> hidden(evidence.size(), 0);
  for (double r : r_s) {
    const auto begin = static_cast<std::ptrdiff_t>((r - 0.09) * rate.value);
    const auto end = static_cast<std::ptrdiff_t>((r + 0.12) * rate.value);
    for (auto i = std::max<std::ptrdiff_t>(0, begin); i < end; ++i) {
      if (i < static_cast<std::ptrdiff_t>(hidden.size())) hidden[static_cast<std::size_t>(i)] = 1;
    }
  }
  const Train train = best_train(evidence, hidden, rate.value);
  if (train.cycle_s <= 0 || train.strength < 2.2 || 60 / train.cycle_s < kLeastAtrialBpm) return out;
  const double ratio = mean_rr / train.cycle_s;
  out.atrial_bpm = 60 / train.cycle_s;
  const std::vector<double> pr = pr_of(train.p_s, r_s);
  if (rr_spread > 0.06) {
    if (ratio > 1.08 && ratio < 1.9) out.code = second_degree(rr, pr, train.cycle_s);
    return out;
  }
  if (ratio < 1.15) return out;
  const double from_whole = std::abs(ratio - std::round(ratio));
  if (from_whole < 0.05 && spread(pr) < 40) {
    out.code = ratio < 2.5 ? "2AVB21" : "AVB_HIGH";
  } else if (60 / mean_rr < 65 && spread(pr) > 60) {
    out.code = "3AVB";
  }
  return out;
}

}  // namespace ecg::dsp
