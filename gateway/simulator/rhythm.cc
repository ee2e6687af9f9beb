#include "gateway/simulator/rhythm.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ecg::simulator {
namespace {

using dsp::BeatClass;

constexpr std::uint64_t kRhythmStream = 1;
constexpr double kFlutterCycleS = 0.2;
constexpr double kDissociatedAtriaS = 60.0 / 85;

// The usual PR is 160 ms from P onset; the middle of P lies 50 ms after its onset, QRS onset 42 ms before R.
double p_before_r_s(double pr_s) {
  return pr_s - 0.050 + 0.042;
}
double usual_pr_s(double rr_s) {
  return std::clamp(0.160 * std::sqrt(rr_s / 0.833), 0.110, 0.180);
}

}  // namespace

HeartRhythm::HeartRhythm(const Scenario& scenario)
    : rhythm_(scenario.rhythm),
      rr_s_(60 / effective_rate_bpm(scenario)),
      pause_s_(scenario.pause_s),
      prng_(scenario.seed, kRhythmStream) {
  if (rhythm_ == Rhythm::kAtrialFlutter) {
    rr_s_ = kFlutterCycleS * std::max(1.0, std::round(rr_s_ / kFlutterCycleS));
  }
}

void HeartRhythm::advance(double until_s, Excitations& out) {
  if (rhythm_ == Rhythm::kAsystole || rhythm_ == Rhythm::kVentricularFibrillation) return;
  if (rhythm_ == Rhythm::kAvBlock3 || rhythm_ == Rhythm::kVentricularTachycardia) dissociated(until_s, out);
  while (next_r_s_ < until_s) cycle(out);
}

void HeartRhythm::beat(double r_s, BeatClass beat_class, Excitations& out) {
  out.beats.push_back({r_s, rr_s_, 1 + 0.02 * prng_.normal(), beat_class});
  ++count_;
}

// Breathing and a small random part.
double HeartRhythm::varied(double rr_s) {
  return rr_s * (1 + 0.02 * std::sin(2 * std::numbers::pi * 0.23 * next_r_s_) + 0.007 * prng_.normal());
}

void HeartRhythm::cycle(Excitations& out) {
  switch (rhythm_) {
    case Rhythm::kAtrialFibrillation:
      beat(next_r_s_, BeatClass::kNormal, out);
      next_r_s_ += std::clamp(rr_s_ * (1 + 0.24 * prng_.normal()), std::max(0.28, 0.5 * rr_s_), 2.2 * rr_s_);
      return;
    case Rhythm::kAtrialFlutter:
      beat(next_r_s_, BeatClass::kNormal, out);
      next_r_s_ += rr_s_;
      return;
    case Rhythm::kVentricularTachycardia:
      beat(next_r_s_, BeatClass::kVentricular, out);
      next_r_s_ += rr_s_ * (1 + 0.006 * prng_.normal());
      return;
    case Rhythm::kAvBlock3:
      beat(next_r_s_, BeatClass::kNormal, out);
      next_r_s_ += rr_s_ * (1 + 0.006 * prng_.normal());
      return;
    case Rhythm::kVentricularExtrasystoles:
    case Rhythm::kBigeminy:
    case Rhythm::kAtrialExtrasystoles:
      return ectopic_cycle(out);
    case Rhythm::kTwoToOne:
      return two_to_one_cycle(out);
    case Rhythm::kMobitz2:
    case Rhythm::kWenckebach:
      return wenckebach_cycle(out);
    default:
      return sinus_cycle(out);
  }
}

void HeartRhythm::sinus_cycle(Excitations& out) {
  const double pr_s = rhythm_ == Rhythm::kAvBlock1 ? 0.280 : usual_pr_s(rr_s_);
  out.p_s.push_back(next_r_s_ - p_before_r_s(pr_s));
  beat(next_r_s_, BeatClass::kNormal, out);
  const bool pause = rhythm_ == Rhythm::kPause && count_ % 8 == 4;
  next_r_s_ += pause ? std::max(pause_s_, rr_s_) : varied(rr_s_);
}

// A sinus beat, sometimes followed by an early beat: ventricular with a full compensatory pause, or atrial,
// which sets the sinus clock anew.
void HeartRhythm::ectopic_cycle(Excitations& out) {
  out.p_s.push_back(next_r_s_ - p_before_r_s(usual_pr_s(rr_s_)));
  beat(next_r_s_, BeatClass::kNormal, out);
  const double rr = varied(rr_s_);
  const double chance = prng_.uniform();
  ++since_ectopic_;
  const bool due =
      rhythm_ == Rhythm::kBigeminy || (since_ectopic_ >= 3 && (chance < 0.25 || since_ectopic_ >= 9));
  if (!due) {
    next_r_s_ += rr;
    return;
  }
  since_ectopic_ = 0;
  if (rhythm_ == Rhythm::kAtrialExtrasystoles) {
    const double early_s = next_r_s_ + 0.66 * rr;
    out.p_s.push_back(early_s - p_before_r_s(0.150));
    beat(early_s, BeatClass::kSupraventricular, out);
    next_r_s_ = early_s + 1.08 * rr;
    return;
  }
  beat(next_r_s_ + (0.60 + 0.02 * prng_.normal()) * rr, BeatClass::kVentricular, out);
  next_r_s_ += 2 * rr;
}

// Three of four P waves are conducted; in Mobitz I each later than the one before.
void HeartRhythm::wenckebach_cycle(Excitations& out) {
  constexpr double kGrowing[] = {0.180, 0.270, 0.320}, kSteady[] = {0.180, 0.180, 0.180};
  const auto& pr = rhythm_ == Rhythm::kMobitz2 ? kSteady : kGrowing;
  const double atrial_s = varied(rr_s_ * 3 / 4);
  const auto step = count_ % 3;
  const double p_s = next_r_s_ - p_before_r_s(pr[step]);
  out.p_s.push_back(p_s);
  beat(next_r_s_, BeatClass::kNormal, out);
  if (step == 2) {
    out.p_s.push_back(p_s + atrial_s);
    next_r_s_ = p_s + 2 * atrial_s + p_before_r_s(pr[0]);
  } else {
    next_r_s_ = p_s + atrial_s + p_before_r_s(pr[step + 1]);
  }
}

void HeartRhythm::two_to_one_cycle(Excitations& out) {
  const double p_s = next_r_s_ - p_before_r_s(0.180);
  const double rr = rr_s_ * (1 + 0.004 * prng_.normal());
  out.p_s.push_back(p_s);
  out.p_s.push_back(p_s + rr / 2);
  beat(next_r_s_, BeatClass::kNormal, out);
  next_r_s_ += rr;
}

void HeartRhythm::dissociated(double until_s, Excitations& out) {
  while (next_p_s_ < until_s) {
    out.p_s.push_back(next_p_s_);
    next_p_s_ += kDissociatedAtriaS;
  }
}

}  // namespace ecg::simulator
