#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "gateway/simulator/scenario.h"

namespace ecg::simulator {
namespace {

template <class Value>
struct Word {
  std::string_view word;
  Value value;
};

constexpr std::array<Word<Rhythm>, 15> kRhythms = {{
    {"sinus", Rhythm::kSinus},
    {"af", Rhythm::kAtrialFibrillation},
    {"flutter", Rhythm::kAtrialFlutter},
    {"pvc", Rhythm::kVentricularExtrasystoles},
    {"bigeminy", Rhythm::kBigeminy},
    {"pac", Rhythm::kAtrialExtrasystoles},
    {"vt", Rhythm::kVentricularTachycardia},
    {"vf", Rhythm::kVentricularFibrillation},
    {"asystole", Rhythm::kAsystole},
    {"pause", Rhythm::kPause},
    {"avb1", Rhythm::kAvBlock1},
    {"avb2", Rhythm::kWenckebach},
    {"avb22", Rhythm::kMobitz2},
    {"avb21", Rhythm::kTwoToOne},
    {"avb3", Rhythm::kAvBlock3},
}};
constexpr std::array<Word<Stimulated>, 3> kPaced = {
    {{"a", Stimulated::kAtria}, {"v", Stimulated::kVentricles}, {"dual", Stimulated::kBoth}}};
constexpr std::array<Word<Morphology>, 22> kShapes = {{
    {"normal", Morphology::kNormal},
    {"lbbb", Morphology::kLbbb},
    {"rbbb", Morphology::kRbbb},
    {"irbbb", Morphology::kIrbbb},
    {"lafb", Morphology::kLafb},
    {"lpfb", Morphology::kLpfb},
    {"wpw", Morphology::kWpw},
    {"lvh", Morphology::kLvh},
    {"rvh", Morphology::kRvh},
    {"lowv", Morphology::kLowVoltage},
    {"longqt", Morphology::kLongQt},
    {"shortqt", Morphology::kShortQt},
    {"lbbb-mi", Morphology::kLbbbConcordant},
    {"dewinter", Morphology::kDeWinter},
    {"hyperacute", Morphology::kHyperacuteT},
    {"wellens", Morphology::kWellens},
    {"brugada", Morphology::kBrugada},
    {"pericarditis", Morphology::kPericarditis},
    {"earlyrep", Morphology::kEarlyRepolarisation},
    {"ischaemia", Morphology::kIschaemia},
    {"old-inferior", Morphology::kOldInferior},
    {"old-anterior", Morphology::kOldAnterior},
}};
constexpr std::array<Word<Morphology>, 5> kElevations = {{
    {"inferior", Morphology::kSteInferior},
    {"anterior", Morphology::kSteAnterior},
    {"septal", Morphology::kSteSeptal},
    {"lateral", Morphology::kSteLateral},
    {"posterior", Morphology::kStePosterior},
}};
constexpr std::array<Word<Electrode>, kElectrodes> kElectrodeWords = {{{"RA", Electrode::kRA},
                                                                       {"LA", Electrode::kLA},
                                                                       {"LL", Electrode::kLL},
                                                                       {"V1", Electrode::kV1},
                                                                       {"V2", Electrode::kV2},
                                                                       {"V3", Electrode::kV3},
                                                                       {"V4", Electrode::kV4},
                                                                       {"V5", Electrode::kV5},
                                                                       {"V6", Electrode::kV6}}};
constexpr double kForeverS = 1e9;

template <class Words>
std::string listed(const Words& words) {
  std::string text;
  for (const auto& entry : words) {
    if (!text.empty()) text += ", ";
    text += entry.word;
  }
  return text;
}

template <class Words>
auto look_up(const Words& words, std::string_view word) -> std::optional<decltype(words[0].value)> {
  for (const auto& entry : words) {
    if (entry.word == word) return entry.value;
  }
  return std::nullopt;
}

template <class Words, class Value>
std::string_view word_of(const Words& words, Value value) {
  for (const auto& entry : words) {
    if (entry.value == value) return entry.word;
  }
  return {};
}

Error refused(std::string_view word, const std::string& allowed) {
  return Error{ErrorCode::kConfigInvalid, "simulator scenario, \"" + std::string(word) + "\": " + allowed};
}

std::string number_text(double value) {
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

Result<double> number(std::string_view whole, std::string_view text, double least, double most) {
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool parsed = fault == std::errc() && end == text.data() + text.size() && !text.empty();
  if (!parsed || !std::isfinite(value) || value < least || value > most) {
    return refused(whole, "a number from " + number_text(least) + " to " + number_text(most) + " is needed");
  }
  return value;
}

Result<ElectrodeOff> electrode_off(std::string_view whole, std::string_view text) {
  const std::size_t at = text.find('@');
  const auto electrode = look_up(kElectrodeWords, text.substr(0, at));
  if (!electrode) return refused(whole, "electrodes are " + listed(kElectrodeWords));
  ElectrodeOff off{*electrode, 0, kForeverS};
  if (at == std::string_view::npos) return off;
  const std::string_view window = text.substr(at + 1);
  const std::size_t dash = window.find('-');
  if (dash == std::string_view::npos) return refused(whole, "write it as off=V2@3-6, in seconds");
  ECG_ASSIGN(off.from_s, number(whole, window.substr(0, dash), 0, kForeverS));
  ECG_ASSIGN(off.to_s, number(whole, window.substr(dash + 1), off.from_s, kForeverS));
  return off;
}

Result<void> apply(std::string_view whole, std::string_view key, std::string_view value, Scenario& scenario) {
  struct Numeric {
    std::string_view key;
    double Scenario::*member;
    double least, most;
  };
  static constexpr std::array<Numeric, 4> kNumeric = {{{"rate", &Scenario::rate_bpm, 20, 300},
                                                       {"hz", &Scenario::sampling_hz, 250, 1000},
                                                       {"uv", &Scenario::uv_per_lsb, 0.1, 50},
                                                       {"pause", &Scenario::pause_s, 1, 30}}};
  struct NoiseLevel {
    std::string_view key;
    double Noise::*member;
  };
  static constexpr std::array<NoiseLevel, 3> kNoise = {
      {{"baseline", &Noise::baseline_uv}, {"muscle", &Noise::muscle_uv}, {"mains", &Noise::mains_uv}}};
  for (const Numeric& entry : kNumeric) {
    if (entry.key != key) continue;
    ECG_ASSIGN(scenario.*entry.member, number(whole, value, entry.least, entry.most));
    return {};
  }
  for (const NoiseLevel& entry : kNoise) {
    if (entry.key != key) continue;
    ECG_ASSIGN(scenario.noise.*entry.member, number(whole, value, 0, 5000));
    return {};
  }
  if (key == "noise") {
    ECG_ASSIGN(const double level, number(whole, value, 0, 500));
    scenario.noise.muscle_uv = level;
    scenario.noise.mains_uv = level / 2;
    scenario.noise.baseline_uv = level * 8;
    return {};
  }
  if (key == "seed") {
    ECG_ASSIGN(const double seed, number(whole, value, 0, 9e15));
    scenario.seed = static_cast<std::uint64_t>(seed);
    return {};
  }
  if (key == "mains_hz") {
    if (value != "50" && value != "60") return refused(whole, "50 or 60");
    scenario.noise.mains_hz = value == "50" ? 50 : 60;
    return {};
  }
  if (key == "leads") {
    if (value != "8" && value != "12") return refused(whole, "8 or 12");
    scenario.leads = value == "8" ? LeadSet::kEight : LeadSet::kTwelve;
    return {};
  }
  if (key == "shape" || key == "ste") {
    const auto shape = key == "shape" ? look_up(kShapes, value) : look_up(kElevations, value);
    if (!shape) return refused(whole, "one of " + (key == "shape" ? listed(kShapes) : listed(kElevations)));
    scenario.morphology = *shape;
    return {};
  }
  if (key == "pace") {
    const auto paced = look_up(kPaced, value);
    if (!paced) return refused(whole, "one of " + listed(kPaced));
    scenario.pacing = *paced;
    return {};
  }
  if (key == "off") {
    ECG_ASSIGN(ElectrodeOff off, electrode_off(whole, value));
    scenario.off.push_back(off);
    return {};
  }
  if (key == "swap") {
    if (value != "ra-la") return refused(whole, "ra-la is the one swap there is");
    scenario.swap_ra_la = true;
    return {};
  }
  return refused(whole,
                 "keys are rate, seed, hz, uv, leads, shape, ste, noise, baseline, muscle, mains, mains_hz, "
                 "pace, pause, off, swap");
}

Result<void> apply_all(std::string_view text, Scenario& scenario) {
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view part = text.substr(0, comma);
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) return refused(part, "KEY=VALUE is needed");
    ECG_TRY(apply(part, part.substr(0, equals), part.substr(equals + 1), scenario));
  }
  return {};
}

}  // namespace

Result<Scenario> parse_scenario(std::string_view text) {
  const std::size_t comma = text.find(',');
  const std::string_view head = text.substr(0, comma);
  const std::size_t colon = head.find(':');
  const std::string_view name = head.substr(0, colon);
  Scenario scenario;
  if (const auto rhythm = look_up(kRhythms, name)) {
    scenario.rhythm = *rhythm;
  } else {
    const auto preset = std::ranges::find(presets(), name, &Preset::name);
    if (preset == presets().end()) {
      return refused(name, "rhythms are " + listed(kRhythms) + "; or a preset such as normal, afib, noisy");
    }
    ECG_ASSIGN(scenario, parse_scenario(preset->text));
  }
  if (colon != std::string_view::npos) ECG_TRY(apply(head, "rate", head.substr(colon + 1), scenario));
  if (comma != std::string_view::npos) ECG_TRY(apply_all(text.substr(comma + 1), scenario));
  return scenario;
}

std::string describe(const Scenario& scenario) {
  const Scenario usual;
  std::string text(word_of(kRhythms, scenario.rhythm));
  if (scenario.rate_bpm > 0) text += ":" + number_text(scenario.rate_bpm);
  const auto add = [&text](std::string_view key, const std::string& value) {
    text += "," + std::string(key) + "=" + value;
  };
  const auto add_number = [&add](std::string_view key, double value, double usual_value) {
    if (value != usual_value) add(key, number_text(value));
  };
  if (const auto shape = word_of(kElevations, scenario.morphology); !shape.empty()) {
    add("ste", std::string(shape));
  } else if (scenario.morphology != usual.morphology) {
    add("shape", std::string(word_of(kShapes, scenario.morphology)));
  }
  add_number("baseline", scenario.noise.baseline_uv, usual.noise.baseline_uv);
  add_number("muscle", scenario.noise.muscle_uv, usual.noise.muscle_uv);
  add_number("mains", scenario.noise.mains_uv, usual.noise.mains_uv);
  add_number("mains_hz", scenario.noise.mains_hz, usual.noise.mains_hz);
  if (const auto paced = word_of(kPaced, scenario.pacing); !paced.empty()) add("pace", std::string(paced));
  add_number("pause", scenario.pause_s, usual.pause_s);
  for (const ElectrodeOff& off : scenario.off) {
    std::string value(word_of(kElectrodeWords, off.electrode));
    if (off.from_s > 0 || off.to_s < kForeverS) {
      value += "@" + number_text(off.from_s) + "-" + number_text(off.to_s);
    }
    add("off", value);
  }
  if (scenario.swap_ra_la) add("swap", "ra-la");
  add_number("hz", scenario.sampling_hz, usual.sampling_hz);
  add_number("uv", scenario.uv_per_lsb, usual.uv_per_lsb);
  if (scenario.leads != usual.leads) add("leads", "12");
  if (scenario.seed != usual.seed) add("seed", std::to_string(scenario.seed));
  return text;
}

}  // namespace ecg::simulator
