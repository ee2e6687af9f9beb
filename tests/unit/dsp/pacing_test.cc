#include "dsp/beats/pacing.h"

#include "tests/unit/dsp/simulated.h"

namespace ecg::dsp {
namespace {

Pacing pacing_in(const std::string& text) {
  const Simulated sim = simulated(text);
  const auto channels = channels_of(sim.recording);
  return pacing_of(pacing_spikes(channels, sim.recording.sampling_frequency), sim.truth,
                   sim.recording.sampling_frequency);
}

TEST(Pacing, SpikesAreFoundAtEveryRateOfSampling) {
  for (const char* hz : {"250", "360", "500", "1000"}) {
    const std::string tail = std::string(",shape=lbbb,noise=10,hz=") + hz;
    const Pacing both = pacing_in("sinus:70,pace=dual" + tail);
    EXPECT_TRUE(both.atrial_paced && both.ventricular_paced) << hz;
    const Pacing ventricles = pacing_in("sinus:70,pace=v" + tail);
    EXPECT_TRUE(ventricles.ventricular_paced) << hz;
    EXPECT_FALSE(ventricles.atrial_paced) << hz;
    const Pacing atria = pacing_in("sinus:70,pace=a" + tail);
    EXPECT_TRUE(atria.atrial_paced) << hz;
    EXPECT_FALSE(atria.ventricular_paced) << hz;
  }
}

TEST(Pacing, NeitherNarrowBeatsNorNoiseAreSpikes) {
  for (const char* text :
       {"sinus:72", "sinus:140", "sinus:72,noise=60", "sinus:72,mains=150", "af:120,muscle=80",
        "pvc:75,hz=250", "sinus:72,hz=250,noise=40", "vf", "asystole,noise=40"}) {
    const Pacing none = pacing_in(text);
    EXPECT_FALSE(none.atrial_paced || none.ventricular_paced) << text;
  }
}

}  // namespace
}  // namespace ecg::dsp
