#include "dsp/rhythm/p_train.h"

#include <algorithm>
#include <cmath>

#include "dsp/filter/basic.h"

namespace ecg::dsp {
namespace {

constexpr double kLeastCycleS = 0.36, kMostCycleS = 1.4, kCycleStep = 1.025;
constexpr double kVaries = 0.1;  // respiration, and QRS between two P waves (ventriculophasic arrhythmia)
// A P wave is looked for neither in the QRS nor where its own flanks would touch it.
constexpr double kHiddenBeforeMs = 64, kHiddenAfterMs = 104;
constexpr double kSmoothMs = 56, kFlankMs = 88, kHalfWindowMs = 72;
// A wave gains by its size as a share of the usual one; a visible place without a wave costs.
constexpr double kNoise = 0.5, kMostGain = 0.6, kHiddenGain = -0.1, kMissedCost = 0.7, kIrregularCost = 1.5;
constexpr double kStrong = 0.67;

struct Humps {
  std::vector<std::vector<float>> leads;  // signed
  std::vector<float> size;                // over all leads
};

// A hump of about 80 ms against both its flanks.
Humps humps_of(std::span<const AtrialLead> leads) {
  Humps out;
  const int n = static_cast<int>(leads.front().x.size()), flank = samples_of_ms(leads.front().rate, kFlankMs);
  out.size.assign(static_cast<std::size_t>(n), 0);
  std::vector<float> smooth;
  for (const AtrialLead& lead : leads) {
    moving_average(lead.x, samples_of_ms(lead.rate, kSmoothMs), smooth);
    std::vector<float> hump(static_cast<std::size_t>(n), 0.0F);
    const auto f = static_cast<std::size_t>(flank);
    for (std::size_t i = f; i + f < static_cast<std::size_t>(n); ++i) {
      hump[i] = smooth[i] - 0.5F * (smooth[i - f] + smooth[i + f]);
      out.size[i] += hump[i] * hump[i];
    }
    out.leads.push_back(std::move(hump));
  }
  for (float& v : out.size) v = std::sqrt(v);
  return out;
}

std::vector<char> hidden_by(std::span<const int> r_peaks, std::size_t n, Hertz rate) {
  std::vector<char> hidden(n, 0);
  const int before = samples_of_ms(rate, kHiddenBeforeMs), after = samples_of_ms(rate, kHiddenAfterMs);
  for (int r : r_peaks) {
    for (int i = std::max(0, r - before); i < std::min(static_cast<int>(n), r + after); ++i)
      hidden[static_cast<std::size_t>(i)] = 1;
  }
  return hidden;
}

struct Hump {
  int at = 0;
  double size = 0;  // as a share of the usual
};

std::vector<Hump> waves_in(const Humps& humps, const std::vector<char>& hidden, std::span<const int> r_peaks,
                           Hertz rate) {
  std::vector<Hump> waves;
  const std::vector<float>& e = humps.size;
  const auto reach = static_cast<std::size_t>(samples_of_ms(rate, 64));
  for (std::size_t i = reach; i + reach < e.size(); ++i) {
    if (hidden[i] != 0 || e[i] <= 0 || e[i] < e[i - 1] || e[i] < e[i + 1]) continue;
    const auto highest = std::max_element(e.begin() + static_cast<std::ptrdiff_t>(i - reach),
                                          e.begin() + static_cast<std::ptrdiff_t>(i + reach + 1));
    if (highest - e.begin() == static_cast<std::ptrdiff_t>(i))
      waves.push_back({static_cast<int>(i), static_cast<double>(e[i])});
  }
  // The usual size: of the highest wave between each two beats.
  std::vector<float> highest(r_peaks.size() + 1, 0);
  for (const Hump& wave : waves) {
    const auto gap = static_cast<std::size_t>(std::ranges::upper_bound(r_peaks, wave.at) - r_peaks.begin());
    highest[gap] = std::max(highest[gap], static_cast<float>(wave.size));
  }
  const float usual = quantile(highest, 0.5);
  if (usual <= 0) return {};
  for (Hump& wave : waves) wave.size /= static_cast<double>(usual);
  return waves;
}

struct Chain {
  double gain = 0;
  std::vector<int> members;  // positions in the waves
};

// The best chain of waves cycle samples apart. Between two of them one may be hidden in a QRS, or missing at
// a price.
Chain best_chain(std::span<const Hump> waves, const std::vector<char>& hidden, double cycle) {
  const std::size_t n = waves.size();
  std::vector<double> best(n);
  std::vector<int> from(n, -1);
  std::size_t top = 0;
  double most = -1e9;
  for (std::size_t i = 0; i < n; ++i) {
    const double own = std::min(waves[i].size - kNoise, kMostGain);
    // Places before the first wave that show nothing.
    double start = 0;
    for (double at = waves[i].at - cycle; at > 0; at -= cycle)
      start -= hidden[static_cast<std::size_t>(at)] != 0 ? -kHiddenGain : kMissedCost;
    best[i] = own + std::max(start, -2 * kMissedCost);
    for (std::size_t j = i; j-- > 0;) {
      const double gap = waves[i].at - waves[j].at;
      if (gap > 2 * cycle * (1 + kVaries)) break;
      const double steps = std::max(1.0, std::round(gap / cycle));
      const double off = std::abs(gap / steps / cycle - 1);
      if (off > kVaries) continue;
      double gain = best[j] + own - kIrregularCost * off;
      if (steps > 1) {
        const auto middle = static_cast<std::size_t>((waves[i].at + waves[j].at) / 2);
        gain += hidden[middle] != 0 ? kHiddenGain : -kMissedCost;
      }
      if (gain > best[i]) best[i] = gain, from[i] = static_cast<int>(j);
    }
    int missed = 0;
    for (double at = waves[i].at + cycle; at < static_cast<double>(hidden.size()) && missed < 2; at += cycle)
      missed += hidden[static_cast<std::size_t>(at)] == 0 ? 1 : 0;
    if (best[i] - missed * kMissedCost > most) top = i, most = best[i] - missed * kMissedCost;
  }
  Chain out;
  if (n == 0) return out;
  out.gain = most;
  for (int i = static_cast<int>(top); i >= 0; i = from[static_cast<std::size_t>(i)]) out.members.push_back(i);
  std::ranges::reverse(out.members);
  return out;
}

// Correlation of each wave, over all leads, with the mean of the others.
std::vector<float> likeness(std::span<const Hump> waves, const Humps& humps, Hertz rate) {
  const int half = samples_of_ms(rate, kHalfWindowMs), n = static_cast<int>(humps.size.size());
  const auto length = static_cast<std::size_t>(2 * half + 1) * humps.leads.size();
  std::vector<float> all(waves.size() * length, 0), sum(length, 0), out;
  for (std::size_t w = 0; w < waves.size(); ++w) {
    float* own = all.data() + w * length;
    for (const std::vector<float>& lead : humps.leads) {
      for (int k = -half; k <= half; ++k, ++own) {
        const int at = waves[w].at + k;
        *own = at >= 0 && at < n ? lead[static_cast<std::size_t>(at)] : 0;
      }
    }
    for (std::size_t i = 0; i < length; ++i) sum[i] += all[w * length + i];
  }
  for (std::size_t w = 0; w < waves.size(); ++w) {
    const float* own = all.data() + w * length;
    float dot = 0, mine = 0, others = 0;
    for (std::size_t i = 0; i < length; ++i) {
      const float rest = sum[i] - own[i];
      dot += own[i] * rest, mine += own[i] * own[i], others += rest * rest;
    }
    out.push_back(mine > 0 && others > 0 ? dot / std::sqrt(mine * others) : 0);
  }
  return out;
}

}  // namespace

PTrain find_p_train(std::span<const AtrialLead> leads, std::span<const int> r_peaks) {
  PTrain out;
  if (leads.empty() || leads.front().x.size() < 64) return out;
  const Hertz rate = leads.front().rate;
  const Humps humps = humps_of(leads);
  const std::vector<char> hidden = hidden_by(r_peaks, humps.size.size(), rate);
  const std::vector<Hump> waves = waves_in(humps, hidden, r_peaks, rate);
  Chain best;
  for (double cycle = kLeastCycleS; cycle <= kMostCycleS; cycle *= kCycleStep) {
    Chain chain = best_chain(waves, hidden, cycle * rate.value);
    if (chain.members.size() < 4 || chain.gain <= best.gain) continue;
    best = std::move(chain);
    out.cycle_s = cycle;
  }
  if (best.members.empty()) return {};
  out.gain = best.gain;
  std::vector<Hump> members;
  for (int i : best.members) members.push_back(waves[static_cast<std::size_t>(i)]);
  const std::vector<float> like = likeness(members, humps, rate);
  const double first = members.empty() ? 0 : members.front().at / rate.value;
  double last = first;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const double at = members[i].at / rate.value;
    if (i > 0 && at - last > 1.5 * out.cycle_s) {
      out.at_s.push_back((at + last) / 2);
      out.like.push_back(-2);
    }
    out.at_s.push_back(at);
    out.like.push_back(like[i]);
    last = at;
  }
  out.cycle_s = (last - first) / static_cast<double>(out.at_s.size() - 1);
  for (std::size_t i = 0; i < waves.size(); ++i)
    out.unexplained +=
        waves[i].size >= kStrong && std::ranges::find(best.members, static_cast<int>(i)) == best.members.end()
            ? 1
            : 0;
  return out;
}

}  // namespace ecg::dsp
