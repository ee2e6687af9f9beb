#include "dsp/delineate/p_match.h"

#include <algorithm>
#include <cmath>

#include "dsp/filter/basic.h"

namespace ecg::dsp {
namespace {

constexpr double kStepMs = 8;  // P has little above 30 Hz
constexpr double kMarginMs = 16;
constexpr double kEarlierMs = 120, kLaterMs = 64;
// What a shift costs: a P wave in its usual place needs less likeness.
constexpr float kPricePerMs = 0.001F;
// Sinus P waves vary by 5 ms and a tenth of their size; in AV block of Wenckebach type by time alone.
constexpr float kLeastToTell = 4;
constexpr float kUnsteadyShiftMs = 6.5F, kUnsteadySize = 0.2F;
constexpr float kScatteredShiftMs = 15, kScatteredSize = 0.13F;

// Appends n values, each the sum of step samples, from begin on.
void append(const std::vector<float>& x, SampleIndex begin, int n, int step, std::vector<float>& out) {
  auto at = static_cast<std::size_t>(begin);
  for (int i = 0; i < n; ++i) {
    float sum = 0;
    for (int k = 0; k < step; ++k) sum += x[at++];
    out.push_back(sum);
  }
}

bool inside(const std::vector<float>& x, SampleIndex begin, int n, int step) {
  return begin >= 0 && begin + static_cast<SampleIndex>(n) * step <= static_cast<SampleIndex>(x.size());
}

// Sum over the leads of the energy of [at, at + n) around its own straight line.
struct Line {
  explicit Line(int n) : count(static_cast<float>(n)), middle(static_cast<float>(n - 1) / 2) {
    for (int i = 0; i < n; ++i) spread += (static_cast<float>(i) - middle) * (static_cast<float>(i) - middle);
  }
  float energy(const float* x, int n) const {
    float sum = 0, tilt = 0, square = 0;
    for (int i = 0; i < n; ++i) {
      sum += x[i];
      tilt += x[i] * (static_cast<float>(i) - middle);
      square += x[i] * x[i];
    }
    return std::max(0.0F, square - sum * sum / count - tilt * tilt / spread);
  }
  void remove(float* x, int n) const {
    float sum = 0, tilt = 0;
    for (int i = 0; i < n; ++i) sum += x[i], tilt += x[i] * (static_cast<float>(i) - middle);
    for (int i = 0; i < n; ++i) x[i] -= sum / count + tilt / spread * (static_cast<float>(i) - middle);
  }
  float count, middle, spread = 0;
};

// Place of the summit of a parabola through three neighbours, -0.5..0.5 of a step.
float summit(float before, float here, float after) {
  const float bend = before - 2 * here + after;
  return bend < 0 ? std::clamp((before - after) / (2 * bend), -0.5F, 0.5F) : 0;
}

}  // namespace

std::vector<PMatch> match_p(const PSearch& search) {
  std::vector<PMatch> out(search.r_peaks.size());
  const Hertz fs = search.sampling_frequency;
  const Delineation& waves = *search.waves;
  if (!waves.p || search.signals.empty()) return out;
  const int step = samples_of_ms(fs, kStepMs), r = search.beat->r;
  const int begin = std::max(0, waves.p->onset - samples_of_ms(fs, kMarginMs));
  const int end = std::min(waves.qrs.onset, waves.p->offset + samples_of_ms(fs, kMarginMs));
  const int n = (end - begin) / step, leads = static_cast<int>(search.signals.size());
  if (n < 6) return out;
  const Line line(n);
  std::vector<float> pattern, own, score;
  for (const std::vector<float>& lead : search.beat->leads) {
    if (!inside(lead, begin, n, step)) return out;
    append(lead, begin, n, step, pattern);
  }
  float energy = 0;
  for (int lead = 0; lead < leads; ++lead) {
    line.remove(pattern.data() + lead * n, n);
    energy += line.energy(pattern.data() + lead * n, n);
  }
  if (energy <= 0) return out;
  const int t_end = waves.t ? waves.t->end - r : samples_of_ms(fs, 300);
  for (std::size_t b = 0; b < search.r_peaks.size(); ++b) {
    const SampleIndex zero = search.r_peaks[b] + begin - r;
    int earlier = samples_of_ms(fs, kEarlierMs) / step;
    if (b > 0) {
      const SampleIndex room = zero - (search.r_peaks[b - 1] + t_end - samples_of_ms(fs, 40));
      earlier = static_cast<int>(std::min<SampleIndex>(earlier, std::max<SampleIndex>(1, room / step)));
    }
    const int later = std::max(
        1, std::min(samples_of_ms(fs, kLaterMs), waves.qrs.onset - waves.p->offset + samples_of_ms(fs, 10)) /
               step);
    const int places = earlier + later + 1, length = n + places - 1;
    const SampleIndex first = zero - static_cast<SampleIndex>(earlier) * step;
    if (!inside(*search.signals.front(), first, length, step)) continue;
    own.clear();
    for (const std::vector<float>* signal : search.signals) append(*signal, first, length, step, own);
    score.assign(static_cast<std::size_t>(places), -1);
    int best = 0;
    float best_price = -9, best_dot = 0;
    for (int place = 0; place < places; ++place) {
      float dot = 0, mine = 0;
      for (int lead = 0; lead < leads; ++lead) {
        const float* x = own.data() + lead * length + place;
        const float* p = pattern.data() + lead * n;
        for (int i = 0; i < n; ++i) dot += x[i] * p[i];
        mine += line.energy(x, n);
      }
      const float like = mine > 0 ? dot / std::sqrt(mine * energy) : -1;
      score[static_cast<std::size_t>(place)] = like;
      const float price =
          like - kPricePerMs * static_cast<float>(kStepMs) * static_cast<float>(std::abs(place - earlier));
      if (price > best_price) best_price = price, best = place, best_dot = dot;
    }
    float fine = 0;
    if (best > 0 && best + 1 < places) {
      const auto at = static_cast<std::size_t>(best);
      fine = summit(score[at - 1], score[at], score[at + 1]);
    }
    const double ms =
        (static_cast<double>(best - earlier) + static_cast<double>(fine)) * step * 1000 / fs.value;
    out[b] = {static_cast<float>(ms), score[static_cast<std::size_t>(best)], best_dot / energy};
  }
  return out;
}

bool p_is_steady(std::span<const PMatch> matches, std::span<const std::uint8_t> usual) {
  float count = 0, shift = 0, shift2 = 0, size = 0, size2 = 0;
  for (std::size_t b = 0; b < matches.size(); ++b) {
    if (usual[b] == 0 || matches[b].likeness < -0.99F) continue;
    count += 1;
    shift += matches[b].shift_ms;
    shift2 += matches[b].shift_ms * matches[b].shift_ms;
    size += matches[b].size;
    size2 += matches[b].size * matches[b].size;
  }
  if (count < kLeastToTell) return true;
  const auto deviation = [count](float sum, float squares) {
    return std::sqrt(std::max(0.0F, squares / count - sum / count * sum / count));
  };
  const float moves = deviation(shift, shift2), grows = deviation(size, size2);
  return !(moves >= kUnsteadyShiftMs && grows >= kUnsteadySize) &&
         !(moves >= kScatteredShiftMs && grows >= kScatteredSize);
}

}  // namespace ecg::dsp
