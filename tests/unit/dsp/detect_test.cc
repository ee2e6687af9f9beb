#include "dsp/detect/detect.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "tests/unit/dsp/simulated.h"

namespace ecg::dsp {
namespace {

std::vector<float> microvolts(const Lead& lead) {
  std::vector<float> out;
  for (std::size_t i = 0; i < lead.samples.size(); ++i)
    out.push_back(static_cast<float>(lead.microvolts(static_cast<SampleIndex>(i))));
  return out;
}

struct Count {
  int missed = 0, extra = 0;
};

// Beats within 60 ms belong together; a beat cut by either end may be missed.
Count compare(const std::vector<SampleIndex>& found, const std::vector<Beat>& truth, Hertz fs,
              double seconds) {
  const double reach = 0.06 * fs.value;
  const auto near = [reach](SampleIndex a, SampleIndex b) {
    return std::abs(static_cast<double>(a - b)) <= reach;
  };
  Count count;
  for (const Beat& t : truth) {
    const double s = static_cast<double>(t.r_peak) / fs.value;
    if (s < 0.3 || s > seconds - 0.3) continue;
    count.missed += std::ranges::none_of(found, [&](SampleIndex r) { return near(r, t.r_peak); }) ? 1 : 0;
  }
  for (const SampleIndex r : found)
    count.extra += std::ranges::none_of(truth, [&](const Beat& t) { return near(r, t.r_peak); }) ? 1 : 0;
  return count;
}

TEST(Detect, FindsEveryBeatOfOneLeadAtEveryRate) {
  for (const char* text : {"sinus:72", "sinus:45", "sinus:150", "af:110", "pvc:80", "sinus:70,shape=lbbb",
                           "avb3:35", "sinus:72,noise=30"}) {
    for (const char* hz : {"250", "360", "500", "1000"}) {
      const Simulated s = simulated(std::string(text) + ",hz=" + hz, 30);
      const Hertz fs = s.recording.sampling_frequency;
      const auto found = qrs_peaks(microvolts(s.recording.leads[1]), fs);
      const Count count = compare(found, s.truth, fs, 30);
      EXPECT_EQ(count.missed, 0) << text << " at " << hz;
      EXPECT_EQ(count.extra, 0) << text << " at " << hz;
    }
  }
}

TEST(Detect, SizeAndSignOfTheLeadDoNotMatter) {
  const Simulated s = simulated("pvc:75", 30);
  const Hertz fs = s.recording.sampling_frequency;
  for (const float gain : {-1.0F, 0.2F, -0.2F, 20.0F}) {
    std::vector<float> x = microvolts(s.recording.leads[1]);
    for (float& v : x) v = gain * v + 3000;
    const Count count = compare(qrs_peaks(x, fs), s.truth, fs, 30);
    EXPECT_EQ(count.missed, 0) << gain;
    EXPECT_EQ(count.extra, 0) << gain;
  }
}

TEST(Detect, ALeadOfNoiseDoesNotHideTheOthers) {
  const Simulated s = simulated("sinus:72", 30);
  const Hertz fs = s.recording.sampling_frequency;
  const std::vector<float> good = microvolts(s.recording.leads[1]);
  std::vector<float> noise(good.size()), flat(good.size(), 120.0F);
  std::uint32_t state = 1;
  float drift = 0;
  for (float& v : noise) {
    state = state * 1664525U + 1013904223U;
    drift = 0.9F * drift + static_cast<float>(static_cast<double>(state) / 4294967296.0 - 0.5) * 1500;
    v = drift;
  }
  const std::vector<QrsLead> leads = {{good, {}, true}, {noise, {}, true}, {flat, {}, true}};
  const Count count = compare(qrs_peaks(leads, fs, qrs_models(built_in_models())), s.truth, fs, 30);
  EXPECT_EQ(count.missed, 0);
  EXPECT_EQ(count.extra, 0);
}

TEST(Detect, ASilentLeadHasNoBeats) {
  EXPECT_TRUE(qrs_peaks(std::vector<float>(5000, 0.0F), {500}).empty());
  EXPECT_TRUE(qrs_peaks(std::vector<float>(), {500}).empty());
  EXPECT_TRUE(qrs_peaks(std::vector<float>(3, 7.0F), {500}).empty());
}

TEST(Detect, AnySamplesGiveAscendingPeaksInsideTheRecording) {
  std::uint32_t state = 7;
  for (const double hz : {100.0, 128.0, 250.0, 999.0, 2000.0}) {
    std::vector<float> x(static_cast<std::size_t>(20 * hz));
    for (std::size_t i = 0; i < x.size(); ++i) {
      state = state * 1664525U + 1013904223U;
      const float wild[] = {0, 1e30F, -1e30F, std::numeric_limits<float>::quiet_NaN(),
                            std::numeric_limits<float>::infinity()};
      x[i] = state % 50 < 5 ? wild[state % 5] : static_cast<float>(state >> 16);
    }
    const auto found = qrs_peaks(x, {hz});
    EXPECT_TRUE(std::ranges::is_sorted(found));
    for (const SampleIndex r : found) {
      EXPECT_GE(r, 0);
      EXPECT_LT(r, static_cast<SampleIndex>(x.size()));
    }
  }
}

TEST(Detect, WhatTheTracesOfALeadThatIsOffLeaveIsNoBeat) {
  const Simulated s = simulated("sinus:72", 30);
  const Hertz fs = s.recording.sampling_frequency;
  std::vector<float> x = microvolts(s.recording.leads[1]);
  std::vector<std::uint8_t> missing(x.size(), 0);
  for (std::size_t i = 5000; i < 8000; ++i) {
    missing[i] = 1;
    x[i] = i % 200 < 20 ? 3000.0F : -3000.0F;
  }
  const QrsLead lead{x, missing, true};
  for (const SampleIndex r : qrs_peaks({&lead, 1}, fs, qrs_models(built_in_models())))
    EXPECT_TRUE(r < 5050 || r > 7950) << r;
}

}  // namespace
}  // namespace ecg::dsp
