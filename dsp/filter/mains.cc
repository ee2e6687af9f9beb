#include "dsp/filter/mains.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "dsp/filter/basic.h"

namespace ecg::dsp {
namespace {

// The sine is turned from sample to sample and set anew after so many, before rounding errors count.
constexpr std::size_t kExactEvery = 1024;

struct Sine {
  double cosine = 0, sine = 0;
};

// signal minus its mean over exactly one mains period (end taps weighted): the mains stays, the baseline
// goes.
std::vector<float> without_slow_part(const std::vector<float>& signal, double period) {
  const auto half = static_cast<std::ptrdiff_t>((period - 1) / 2);
  const double end_weight = (period - static_cast<double>(2 * half + 1)) / 2;
  const auto n = static_cast<std::ptrdiff_t>(signal.size());
  const auto at = [&signal, n](std::ptrdiff_t i) {
    return static_cast<double>(signal[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(i, 0, n - 1))]);
  };
  std::vector<float> out(signal.size());
  double sum = 0;
  for (std::ptrdiff_t i = -half; i <= half; ++i) sum += at(i);
  for (std::ptrdiff_t i = 0; i < n; ++i) {
    const double mean = (sum + end_weight * (at(i - half - 1) + at(i + half + 1))) / period;
    out[static_cast<std::size_t>(i)] = static_cast<float>(at(i) - mean);
    sum += at(i + half + 1) - at(i - half);
  }
  return out;
}

struct Fit {
  Sine sine;
  double residual_rms = 0;
  std::size_t used = 0;
};

// Least squares over the samples of [begin, end) that are not disturbed by a QRS.
Fit fit(const std::vector<float>& fast, std::size_t begin, std::size_t end, const std::vector<float>& cosine,
        const std::vector<float>& sine, std::vector<float>& scratch) {
  scratch.clear();
  for (std::size_t i = begin; i < end; i += 3) scratch.push_back(std::abs(fast[i]));
  const float limit = 3.0F * quantile(scratch, 0.5) + 1e-6F;
  double cc = 0, ss = 0, cs = 0, xc = 0, xs = 0, xx = 0;
  Fit result;
  for (std::size_t i = begin; i < end; ++i) {
    if (std::abs(fast[i]) > limit) continue;
    const auto x = static_cast<double>(fast[i]), c = static_cast<double>(cosine[i]),
               s = static_cast<double>(sine[i]);
    cc += c * c, ss += s * s, cs += c * s, xc += x * c, xs += x * s, xx += x * x;
    ++result.used;
  }
  const double determinant = cc * ss - cs * cs;
  if (result.used < (end - begin) / 3 || determinant < 1e-9) return result;
  result.sine = {(xc * ss - xs * cs) / determinant, (xs * cc - xc * cs) / determinant};
  const double left = xx - result.sine.cosine * xc - result.sine.sine * xs;
  result.residual_rms = std::sqrt(std::max(0.0, left) / static_cast<double>(result.used));
  return result;
}

}  // namespace

double remove_mains(std::vector<float>& signal, Hertz sampling_frequency, double mains_hz) {
  const double hz = sampling_frequency.value;
  const auto window = static_cast<std::size_t>(samples_of_ms(sampling_frequency, 1000));
  if (mains_hz <= 0 || mains_hz > 0.45 * hz || signal.size() < window) return 0;
  const std::vector<float> fast = without_slow_part(signal, hz / mains_hz);
  std::vector<float> cosine(signal.size()), sine(signal.size()), scratch;
  const double turn = 2 * std::numbers::pi * mains_hz / hz;
  const double turn_cosine = std::cos(turn), turn_sine = std::sin(turn);
  double c = 1, s = 0;
  for (std::size_t i = 0; i < signal.size(); ++i) {
    if (i % kExactEvery == 0) {
      // The phase is folded first so that long recordings lose no precision.
      const double turns = std::fmod(static_cast<double>(i) * mains_hz / hz, 1.0);
      c = std::cos(2 * std::numbers::pi * turns);
      s = std::sin(2 * std::numbers::pi * turns);
    }
    cosine[i] = static_cast<float>(c);
    sine[i] = static_cast<float>(s);
    const double next = c * turn_cosine - s * turn_sine;
    s = s * turn_cosine + c * turn_sine;
    c = next;
  }
  const std::size_t hop = window / 2;
  std::vector<Sine> sines;
  double amplitude = 0, noise = 0;
  for (std::size_t begin = 0; begin + window <= signal.size(); begin += hop) {
    const Fit f = fit(fast, begin, begin + window, cosine, sine, scratch);
    const bool quiet = f.used > 0 && (f.sine.cosine != 0 || f.sine.sine != 0);
    sines.push_back(quiet || sines.empty() ? f.sine : sines.back());
    amplitude += std::hypot(sines.back().cosine, sines.back().sine);
    noise += f.residual_rms * std::sqrt(2.0 / static_cast<double>(std::max<std::size_t>(f.used, 1)));
  }
  amplitude /= static_cast<double>(sines.size());
  noise /= static_cast<double>(sines.size());
  // Three times the scatter that the estimate has from other noise alone.
  if (amplitude < 3 * noise) return 0;
  for (std::size_t i = 0; i < signal.size(); ++i) {
    const double at =
        std::clamp((static_cast<double>(i) - static_cast<double>(hop)) / static_cast<double>(hop), 0.0,
                   static_cast<double>(sines.size() - 1));
    const auto k = std::min(static_cast<std::size_t>(at), sines.size() - 1);
    const auto next = std::min(k + 1, sines.size() - 1);
    const double share = at - static_cast<double>(k);
    const double of_cosine = sines[k].cosine + share * (sines[next].cosine - sines[k].cosine);
    const double of_sine = sines[k].sine + share * (sines[next].sine - sines[k].sine);
    signal[i] -= static_cast<float>(of_cosine * static_cast<double>(cosine[i]) +
                                    of_sine * static_cast<double>(sine[i]));
  }
  return amplitude;
}

}  // namespace ecg::dsp
