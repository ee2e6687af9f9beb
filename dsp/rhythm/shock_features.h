// What tells fibrillation and ventricular tachycardia from other rhythms in a few seconds of one lead,
// without finding beats.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "dsp/signal.h"

namespace ecg::dsp {

inline constexpr double kShockWindowS = 5;

inline constexpr std::array<std::string_view, 34> kShockFeatureNames = {
    "mean_uv",         // mean |wave|; not given to the model
    "crest",           // usual highest of a second over mean |wave|
    "unevenness",      // highest second over lowest second
    "form",            // RMS over mean |wave|
    "leakage",         // of the half-period filter (Kuo and Dillman 1978)
    "half_period_hz",  // frequency of that filter
    "near_10",         // share of time below 10 % of the usual highest
    "near_20",         // 20 % (threshold crossing sample count, Arafat 2011)
    "near_40",         // 40 %
    "above_70",        // share of time above 70 %
    "skew",            // third moment over RMS cubed, sign removed
    "slope_form",      // RMS over mean of |slope|
    "slope_crest",     // highest |slope| over mean |slope|
    "slope_still",     // share of time with |slope| below 10 % of the highest
    "slope_brisk",     // share of time with |slope| above 50 % of the highest
    "qrs_share",       // mean |qrs| over mean |wave|
    "qrs_form",        // RMS over mean of |qrs|
    "qrs_above_50",    // share of time with |qrs| above half its highest (count1, Jekova and Krasteva 2004)
    "crossings_hz",    // excursions beyond 30 % of the highest, per second
    "crossings_even",  // spread of their distances over the mean distance
    "turns_hz",        // turning points per second
    "acf_peak",        // highest autocorrelation at 0.16 to 1.2 s, after the first fall below 0.2
    "acf_lag_s",       // where
    "acf_least",       // lowest autocorrelation
    "peak_hz",         // of the spectrum
    "peak_share",      // power within 1 Hz of the peak
    "low_share",       // below 2.5 Hz
    "fast_share",      // 8 to 14 Hz
    "faster_share",    // above 14 Hz
    "area",            // boxes visited in the plane of the wave and itself 0.2 s before (Amann 2007)
    "rest_10",         // range of the quietest tenth of 0.24 s pieces over that of the ninth tenth
    "rest_30",         // of the third tenth
    "rest_50",         // of the middle one
    "bursts_hz",       // bursts of slope at least 0.2 s apart, per second
};
using ShockFeatures = std::array<float, kShockFeatureNames.size()>;

inline constexpr std::size_t kMeanSize = 0, kLeakage = 4, kAcfPeak = 21, kAcfLag = 22;

// wave, qrs: the same kShockWindowS seconds of ShockSignal at rate. Finite for every input; no allocation.
// still: stands still so much of the time that it is neither fibrillation nor such a tachycardia; what comes
// after the slopes is then left 0.
struct ShockWindow {
  ShockFeatures features{};
  bool still = false;
};
ShockWindow shock_features(std::span<const float> wave, std::span<const float> qrs, Hertz rate);

}  // namespace ecg::dsp
