#include "dsp/filter/mains_blocks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "dsp/filter/basic.h"
#include "dsp/filter/lanes.h"

namespace ecg::dsp {
namespace {

// A tenth of a second holds a whole number of periods of 50 and of 60 Hz.
constexpr double kBlockMs = 100;
// Blocks on either side that are averaged; triangular weights.
constexpr int kReach = 3;
// Power grids stay within this; the phase may turn no faster.
constexpr double kDriftMostHz = 0.8;
// An estimate below so many times its own scatter is taken for noise.
constexpr double kSignificance = 3;
// Every sixteenth, fourth and sixth of (1 - 2 z^-h + z^-2h)^2: baseline, P and T all but vanish.
constexpr float kCentre = 6.0F / 16, kNear = -4.0F / 16, kFar = 1.0F / 16;

// How far a block can be trusted: those that hold a QRS stand out by what is left beside the mains.
double trust(const MainsBlock& block, double usual) {
  return usual * usual / (usual * usual + block.rest * block.rest);
}

// A block without QRS there is within a second at any heart rate; blocks of the same noise vary by half.
double usual_rest(std::span<const MainsBlock> around) {
  double least = around.front().rest;
  for (const MainsBlock& block : around) least = std::min(least, block.rest);
  return 3 * least + 1e-9;
}

Phasor unit(double angle) {
  return {std::cos(angle), std::sin(angle)};
}

}  // namespace

MainsGrid::MainsGrid(Hertz sampling_frequency, double mains_hz) {
  const double hz = sampling_frequency.value, mains = mains_hz > 0 ? mains_hz : 50;
  block_ = std::max(4, samples_of_ms(sampling_frequency, kBlockMs));
  half_ = std::max(1, static_cast<int>(std::lround(hz / mains / 2)));
  resolvable_ = mains <= 0.45 * hz;
  turns_per_sample_ = mains / hz;
  const double level = (1 - std::cos(2 * std::numbers::pi * turns_per_sample_ * half_)) / 2;
  gain_ = level * level;
  const double periods = turns_per_sample_ * block_;
  whole_periods_ = std::abs(periods - std::round(periods)) < 1e-9;
  first_turn_ = unit(2 * std::numbers::pi * std::fmod(turns_per_sample_ * margin(), 1.0));
  turn_most_ = unit(2 * std::numbers::pi * kDriftMostHz * kBlockMs / 1000);
  for (int i = -block_; i < 3 * block_; ++i) {
    const double angle = 2 * std::numbers::pi * std::fmod(turns_per_sample_ * i, 1.0);
    cosine_.push_back(static_cast<float>(std::cos(angle)));
    sine_.push_back(static_cast<float>(std::sin(angle)));
    ramp_.push_back(static_cast<float>(i));
  }
}

Phasor MainsGrid::turn_to(SampleIndex number) const {
  if (whole_periods_) return first_turn_;
  const double turns = turns_per_sample_ * static_cast<double>(start(number));
  return unit(2 * std::numbers::pi * std::fmod(turns, 1.0));
}

double MainsGrid::noise_gain() const {
  const auto square = [](float x) { return static_cast<double>(x) * static_cast<double>(x); };
  return square(kCentre) + 2 * square(kNear) + 2 * square(kFar);
}

MainsBlock MainsGrid::measure(const float* x, SampleIndex number) const {
  const float* cosine = cosine_.data() + block_;
  const float* sine = sine_.data() + block_;
  const float *before = x - half_, *after = x + half_, *far_before = x - 2 * half_,
              *far_after = x + 2 * half_;
  Lanes re = all(0), im = all(0), power = all(0);
  int i = 0;
  for (; i + kLanes <= block_; i += kLanes) {
    const Lanes fast = kCentre * load(x + i) + kNear * (load(before + i) + load(after + i)) +
                       kFar * (load(far_before + i) + load(far_after + i));
    re += fast * load(cosine + i);
    im += fast * load(sine + i);
    power += fast * fast;
  }
  double of_cosine = static_cast<double>(sum(re)), of_sine = static_cast<double>(sum(im)),
         total = static_cast<double>(sum(power));
  for (; i < block_; ++i) {
    const float fast =
        kCentre * x[i] + kNear * (before[i] + after[i]) + kFar * (far_before[i] + far_after[i]);
    of_cosine += static_cast<double>(fast * cosine[i]);
    of_sine += static_cast<double>(fast * sine[i]);
    total += static_cast<double>(fast * fast);
  }
  const double n = block_;
  MainsBlock block;
  block.rest = std::max(0.0, total - 2 / n * (of_cosine * of_cosine + of_sine * of_sine)) / n;
  if (resolvable_) {
    const double scale = 2 / (n * gain_);
    block.phasor = Phasor{scale * of_cosine, -scale * of_sine} * turn_to(number).conjugate();
  } else {
    block.rest = total / n;
  }
  return block;
}

MainsEstimate MainsGrid::estimate(std::span<const MainsBlock> around, std::size_t at) const {
  const double usual = usual_rest(around);
  std::array<double, kBehind + kAhead + 1> trusts{};
  for (std::size_t k = 0; k < around.size(); ++k) trusts[k] = trust(around[k], usual);
  Phasor pairs;
  for (std::size_t k = 1; k < around.size(); ++k) {
    pairs = pairs + trusts[k] * trusts[k - 1] * (around[k].phasor * around[k - 1].phasor.conjugate());
  }
  // How far the mains turns from block to block against its nominal frequency.
  const double length = std::sqrt(pairs.power());
  Phasor back = length > 0 ? Phasor{pairs.re / length, -pairs.im / length} : Phasor{1, 0};
  if (back.re < turn_most_.re) back = {turn_most_.re, std::copysign(turn_most_.im, back.im)};
  const Phasor forth = back.conjugate();
  Phasor sum, turned = forth * forth * forth;
  static_assert(kReach == 3);
  double weights = 0, scatter = 0;
  for (int reach = -kReach; reach <= kReach; ++reach, turned = turned * back) {
    const auto k = static_cast<std::ptrdiff_t>(at) + reach;
    if (k < 0 || k >= static_cast<std::ptrdiff_t>(around.size())) continue;
    const MainsBlock& block = around[static_cast<std::size_t>(k)];
    const double weight = (kReach + 1 - std::abs(reach)) * trusts[static_cast<std::size_t>(k)];
    sum = sum + weight * (block.phasor * turned);
    weights += weight;
    scatter += weight * weight * 4 * block.rest / (block_ * gain_ * gain_);
  }
  if (weights <= 0) return {};
  MainsEstimate estimate{1 / weights * sum, 0};
  const double power = estimate.phasor.power(), noise = scatter / (weights * weights);
  const double kept = power > 0 ? std::max(0.0, 1 - kSignificance * kSignificance * noise / power) : 0;
  estimate.phasor = kept * estimate.phasor;
  estimate.amplitude = std::sqrt(estimate.phasor.power());
  return estimate;
}

void MainsGrid::subtract(float* x, SampleIndex number, int from, int to, Phasor a, Phasor b,
                         bool late) const {
  const Phasor turn = turn_to(number);
  const double zero = (late ? 0.5 : -0.5) * block_ - 0.5;  // position of a
  const Phasor slope = 1.0 / block_ * ((b - a) * turn);
  const Phasor origin = a * turn - zero * slope;
  // Re((origin + slope t) e^(i w t))
  const float re = static_cast<float>(origin.re), im = static_cast<float>(-origin.im);
  const float re_slope = static_cast<float>(slope.re), im_slope = static_cast<float>(-slope.im);
  const float* cosine = cosine_.data() + block_;
  const float* sine = sine_.data() + block_;
  const float* ramp = ramp_.data() + block_;
  int i = from;
  for (; i + kLanes <= to; i += kLanes) {
    const Lanes t = load(ramp + i);
    store(x + i,
          load(x + i) - ((re + re_slope * t) * load(cosine + i) + (im + im_slope * t) * load(sine + i)));
  }
  for (; i < to; ++i) {
    x[i] -= (re + re_slope * ramp[i]) * cosine[i] + (im + im_slope * ramp[i]) * sine[i];
  }
}

}  // namespace ecg::dsp
