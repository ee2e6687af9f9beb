// What a simulated electrocardiograph shall show: rhythm, shape, noise and faults, and their text form.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dsp/signal.h"

namespace ecg::simulator {

enum class Rhythm : std::uint8_t {
  kSinus,
  kAtrialFibrillation,
  kAtrialFlutter,
  kVentricularExtrasystoles,  // sinus with one PVC in about seven beats
  kBigeminy,                  // every second beat a PVC
  kAtrialExtrasystoles,       // sinus with one PAC in about seven beats
  kVentricularTachycardia,    // monomorphic
  kVentricularFibrillation,
  kAsystole,
  kPause,       // sinus with a sinus arrest of Scenario::pause_s after every eighth beat
  kAvBlock1,    // PR 280 ms
  kWenckebach,  // second degree, Mobitz I, 4:3
  kMobitz2,     // second degree, Mobitz II, 4:3: PR stays
  kTwoToOne,    // every second P wave is conducted; rate_bpm is that of the ventricles
  kAvBlock3,    // atria at 85/min, escape beats at rate_bpm
};

// What a pacemaker stimulates. Shapes do not follow: a paced ventricle is best given shape=lbbb.
enum class Stimulated : std::uint8_t { kNothing, kAtria, kVentricles, kBoth };

enum class Morphology : std::uint8_t {
  kNormal,
  kLbbb,
  kRbbb,
  kSteInferior,
  kSteAnterior,
  kSteSeptal,
  kSteLateral,
  kStePosterior,
  kLbbbConcordant,  // left bundle branch block with concordant ST elevation
  kDeWinter,
  kHyperacuteT,
  kWellens,
  kBrugada,
  kPericarditis,
  kEarlyRepolarisation,
  kIschaemia,  // ST depression in most leads
  kOldInferior,
  kOldAnterior,
  kLvh,
  kRvh,
  kIrbbb,
  kLafb,
  kLpfb,
  kWpw,
  kLowVoltage,
  kLongQt,
  kShortQt,
};

enum class Electrode : std::uint8_t { kRA, kLA, kLL, kV1, kV2, kV3, kV4, kV5, kV6 };
inline constexpr int kElectrodes = 9;

// Which leads the device stores: I, II, V1..V6, or all twelve (III, aVR, aVL, aVF computed before storing).
enum class LeadSet : std::uint8_t { kEight, kTwelve };

// Peak of the wander, RMS of the muscle noise, peak of the mains component, microvolts.
struct Noise {
  double baseline_uv = 40;
  double muscle_uv = 5;
  double mains_uv = 3;
  double mains_hz = 50;
};

// The electrode has no contact in [from_s, to_s) of the stream. A limb electrode takes all leads that refer
// to it with it, the chest leads included; their samples stand at 0 and their lead-off bits are set.
struct ElectrodeOff {
  Electrode electrode = Electrode::kV1;
  double from_s = 0;
  double to_s = 0;
};

struct Scenario {
  Rhythm rhythm = Rhythm::kSinus;
  double rate_bpm = 0;  // mean ventricular rate, 20..300; 0 = the usual one of the rhythm
  Morphology morphology = Morphology::kNormal;
  Noise noise;
  double pause_s = 3.6;  // kPause: R to R
  std::vector<ElectrodeOff> off;
  Stimulated pacing = Stimulated::kNothing;
  bool swap_ra_la = false;   // arm electrodes exchanged
  double sampling_hz = 500;  // 250..1000
  double uv_per_lsb = 5;
  LeadSet leads = LeadSet::kEight;
  std::uint64_t seed = 1;
};

// rate_bpm, or the usual rate of the rhythm where it is 0.
double effective_rate_bpm(const Scenario& scenario);

// Text form: NAME[:RATE][,KEY=VALUE]... where NAME is a rhythm or a preset, and the keys are
//   rate=BPM seed=N hz=250..1000 uv=UV_PER_LSB leads=8|12
//   shape=normal|lbbb|rbbb|irbbb|lafb|lpfb|wpw|lvh|rvh|lowv|longqt|shortqt|lbbb-mi|dewinter|hyperacute|wellens|
//     brugada|pericarditis|earlyrep|ischaemia|old-inferior|old-anterior
//   ste=inferior|anterior|septal|lateral|posterior
//   noise=UV (muscle UV, mains UV/2, wander 8 UV) baseline=UV muscle=UV mains=UV mains_hz=50|60
//   pace=a|v|dual pause=SECONDS off=ELECTRODE[@FROM-TO] (seconds; may repeat) swap=ra-la
// e.g. "sinus:72,noise=20,ste=inferior". Errors: kConfigInvalid, naming the word that is wrong and what is
// allowed.
Result<Scenario> parse_scenario(std::string_view text);

// The text form that parse_scenario turns into the same scenario; only what differs from the defaults.
std::string describe(const Scenario& scenario);

// Scenarios to choose from by name, with labels for people.
struct Preset {
  std::string_view name;  // accepted by parse_scenario
  std::string_view text;
  std::string_view label_zh, label_en;
};
std::span<const Preset> presets();

// Scenarios whose rhythm statement is known, for scoring; without seed, rate of sampling and noise, which are
// to be varied.
struct KnownRhythm {
  std::string_view text;
  std::string_view code;  // dsp/interpret/statements.h
};
std::span<const KnownRhythm> known_rhythms();

}  // namespace ecg::simulator
