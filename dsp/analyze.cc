// The chain: quality and filters, beats, median beat, measurements, rhythm, statements, critical rules.
#include <algorithm>
#include <array>
#include <cmath>

#include "dsp/analysis.h"
#include "dsp/beats/classify.h"
#include "dsp/beats/cluster.h"
#include "dsp/beats/features.h"
#include "dsp/beats/median.h"
#include "dsp/delineate/p_match.h"
#include "dsp/delineate/p_steadiness.h"
#include "dsp/delineate/per_beat.h"
#include "dsp/delineate/shape_waves.h"
#include "dsp/delineate/waves.h"
#include "dsp/detect/detect.h"
#include "dsp/filter/baseline.h"
#include "dsp/filter/basic.h"
#include "dsp/filter/channel.h"
#include "dsp/interpret/critical.h"
#include "dsp/interpret/findings.h"
#include "dsp/interpret/learned.h"
#include "dsp/measure/intervals.h"
#include "dsp/measure/measure.h"
#include "dsp/measure/sensitivity.h"
#include "dsp/model/models.h"
#include "dsp/quality/condition.h"
#include "dsp/quality/lead_quality.h"
#include "dsp/quality/swap.h"
#include "dsp/rhythm/activity.h"
#include "dsp/rhythm/regularity.h"
#include "dsp/rhythm/rhythm.h"
#include "dsp/rhythm/shock_stretches.h"
#include "dsp/stages.h"

namespace ecg::dsp {

const std::string_view kAlgorithmVersion = "1.0.0";

namespace {

constexpr double kLeastHz = 100, kMostHz = 2000;
// Wave marks are made for strips, not for hours.
constexpr double kMarksMostS = 120;

// Over minutes a heart may well show many shapes, and quality may change.
constexpr double kStripMostS = 60;

// What the steps hand on to each other.
struct Chain {
  const Recording* recording = nullptr;  // with derived limb leads
  std::size_t stored = 0;                // leads of the recording as given
  Options options;
  const Models* models = nullptr;
  StageWatch watch;
  Hertz fs;
  std::vector<Channel> channels;
  std::vector<SampleIndex> r_peaks;  // as detected
  bool readable = false;
  BeatShapes shapes;
  BeatMeasures measures;
  std::vector<SampleIndex> detected;  // R peaks as the detector has them
  std::vector<Beat> beats;            // R peaks where the beat lies on its shape
  MedianBeat median;
  std::optional<Delineation> waves;                    // of the usual beat
  std::vector<std::optional<ShapeWaves>> shape_waves;  // of each group
  std::vector<BoundaryExamples>* examples = nullptr;
  std::vector<PMatch> p_matches;     // of each beat; empty without a usual P
  std::optional<Exchange> exchange;  // claimed

  void ended(const char* stage) const {
    if (watch.ended != nullptr) watch.ended(watch.context, stage);
  }
};

Analysis refused(std::string_view reason) {
  Analysis out;
  out.algorithm_version = kAlgorithmVersion;
  out.rule_set = kRuleSet;
  out.measurements = nothing_measured(reason);
  out.quality = QualityGrade::kPoor;
  out.urgency = Urgency::kUnreadable;
  out.statements.push_back(statement("UNREADABLE", Certainty::kDefinite));
  return out;
}

// A lead that is the sum of others must not be heard twice.
bool follows_from_others(const Recording& recording, LeadId id) {
  const bool augmented = id == LeadId::kIII || id == LeadId::kAVR || id == LeadId::kAVL || id == LeadId::kAVF;
  return augmented && recording.find(LeadId::kI) >= 0 && recording.find(LeadId::kII) >= 0;
}

void prepare(Chain& chain, Analysis& out) {
  chain.channels = channels_of(*chain.recording);
  std::vector<LeadQuality> stored = condition(chain.channels, chain.fs, chain.options.mains_hz);
  bool any_independent = false;
  for (std::size_t c = 0; c < chain.channels.size(); ++c) {
    Channel& channel = chain.channels[c];
    channel.weight = follows_from_others(*chain.recording, channel.id) ? 0 : weight_of(stored[c].grade);
    any_independent = any_independent || channel.weight > 0;
  }
  stored.resize(chain.stored);
  if (!any_independent) {
    // I or II may be off while III still stands.
    for (std::size_t i = 0; i < stored.size(); ++i) chain.channels[i].weight = weight_of(stored[i].grade);
  }
  add_recording_reasons(stored, chain.recording->duration_s(), chain.fs);
  chain.readable = is_readable(stored, chain.recording->duration_s());
  out.quality = overall_grade(stored);
  out.lead_quality = std::move(stored);
}

std::vector<const std::vector<float>*> centered_of(const Chain& chain) {
  std::vector<const std::vector<float>*> signals;
  for (const Channel& channel : chain.channels) {
    if (channel.weight > 0) signals.push_back(&channel.centered);
  }
  return signals;
}

std::vector<SampleIndex> beats_of_group(const BeatShapes& shapes, int group) {
  std::vector<SampleIndex> r;
  for (std::size_t b = 0; b < shapes.r_peaks.size(); ++b) {
    if (shapes.group[b] == group) r.push_back(shapes.r_peaks[b]);
  }
  return r;
}

void find_beats(Chain& chain, std::span<const Interval> silent, std::span<const RhythmInterval> shockable) {
  std::vector<SampleIndex> r_peaks = chain.r_peaks;
  drop_beats_of_noise(chain.channels, silent, chain.fs, r_peaks);
  for (const RhythmInterval& stretch : shockable) {
    if (stretch.code != "VT") drop_beats_of_disorder(stretch.interval, r_peaks);
  }
  chain.shapes = group_beats(chain.channels, r_peaks, chain.fs);
  chain.detected = r_peaks;
  chain.measures = measure_beats(chain.channels, chain.shapes, chain.fs);
  if (chain.watch.beats_measured != nullptr)
    chain.watch.beats_measured(chain.watch.context, chain.shapes, chain.measures);
  const auto classes = classify_beats(chain.shapes, chain.measures, chain.models->beat_class);
  for (std::size_t b = 0; b < r_peaks.size(); ++b) {
    chain.beats.push_back({chain.shapes.r_peaks[b], classes[b]});
  }
}

// None of the leads that are used has a fault, and there is enough to see a slow one.
bool all_clean(const Chain& chain) {
  constexpr double kEnoughS = 5;
  if (chain.recording->duration_s() < kEnoughS) return false;
  std::ptrdiff_t used = 0, clean = 0;
  for (const Channel& channel : chain.channels) {
    used += channel.weight > 0 ? 1 : 0;
    clean += channel.weight >= weight_of(QualityGrade::kGood) ? 1 : 0;
  }
  return clean == used && clean > 0;
}

// Beats that do not resemble each other are noise taken for beats, unless there is no noise.
bool beats_cohere(const Chain& chain) {
  constexpr std::size_t kEnough = 6;
  if (chain.beats.size() < kEnough || chain.recording->duration_s() > kStripMostS) return true;
  if (all_clean(chain)) return true;
  const int largest = *std::ranges::max_element(chain.shapes.group_size);
  return 5 * static_cast<std::size_t>(largest) >= 2 * chain.beats.size();
}

// A P wave of the median beat that single beats do not show is fibrillation averaged.
void drop_unsteady_p(Chain& chain) {
  if (!chain.waves || !chain.waves->p) return;
  std::vector<const std::vector<float>*> signals;
  MedianBeat trusted = chain.median;
  trusted.leads.clear();
  for (std::size_t c = 0; c < chain.channels.size(); ++c) {
    if (chain.channels[c].weight <= 0) continue;
    signals.push_back(&chain.channels[c].clean);
    trusted.leads.push_back(chain.median.leads[c]);
  }
  // An early beat of the usual shape may be one of fibrillation.
  std::vector<Beat> conducted = chain.beats;
  for (Beat& beat : conducted) {
    if (beat.beat_class == BeatClass::kSupraventricular) beat.beat_class = BeatClass::kNormal;
  }
  const bool irregular = regularity_of(conducted).irregular();
  // Fibrillation is told from P by the wave as it was found, before its edges were fitted to P waves.
  const PWave& found = *chain.shape_waves[static_cast<std::size_t>(chain.measures.usual)]->found.p;
  const double steadiness =
      p_steadiness(trusted, found, signals, beats_of_group(chain.shapes, chain.measures.usual));
  if (steadiness < (irregular ? 0.6 : 0.3)) chain.waves->p.reset();
  if (!chain.waves->p) return;
  chain.p_matches = match_p({&trusted, &*chain.waves, signals, chain.shapes.r_peaks, chain.fs});
  std::vector<std::uint8_t> is_usual;
  for (int group : chain.shapes.group) is_usual.push_back(group == chain.measures.usual ? 1 : 0);
  if (signals.size() < 3 || p_is_steady(chain.p_matches, is_usual)) return;
  chain.waves->p.reset();
  chain.p_matches.clear();
}

// Where the usual beat itself is that of a ventricular tachycardia, its beats are ventricular.
void mark_tachycardia_beats(Chain& chain, std::span<const RhythmInterval> rhythm) {
  for (const RhythmInterval& r : rhythm) {
    if (r.code != "VT") continue;
    for (Beat& beat : chain.beats) {
      if (beat.r_peak >= r.interval.begin && beat.r_peak < r.interval.end)
        beat.beat_class = BeatClass::kVentricular;
    }
  }
}

// Where the level before each QRS is read, against R; empty where no QRS is found.
std::optional<int> level_place(const Chain& chain, std::span<const SampleIndex> usual) {
  const auto rough = find_qrs(
      median_beat(centered_of(chain), usual, samples_of_ms(chain.fs, 260), samples_of_ms(chain.fs, 260)),
      chain.fs);
  if (!rough) return std::nullopt;
  return rough->onset - samples_of_ms(chain.fs, 260);
}

double usual_rr(const Chain& chain) {
  std::vector<float> intervals;
  for (std::size_t b = 1; b < chain.beats.size(); ++b) {
    intervals.push_back(static_cast<float>(chain.beats[b].r_peak - chain.beats[b - 1].r_peak));
  }
  return static_cast<double>(quantile(intervals, 0.5));
}

// The median beat of every shape, all leads, on signals whose baseline passes through the level before each
// QRS, and its boundaries.
void delineate_shapes(Chain& chain) {
  const auto usual = beats_of_group(chain.shapes, chain.measures.usual);
  if (usual.empty()) return;
  const double rr = usual_rr(chain);
  const double longest = rr > 0 ? std::min(800.0, 780 * rr / chain.fs.value) : 500;
  const int before = samples_of_ms(chain.fs, 420), after = samples_of_ms(chain.fs, std::max(300.0, longest));
  const auto place = level_place(chain, usual);
  if (!place) return;
  std::vector<SampleIndex> knots;
  for (SampleIndex r : usual) knots.push_back(r + *place);
  std::vector<std::vector<float>> level(chain.channels.size());
  std::vector<const std::vector<float>*> all;
  std::vector<std::uint8_t> used;
  for (std::size_t c = 0; c < chain.channels.size(); ++c) {
    level[c] = chain.channels[c].clean;
    remove_baseline_at_knots(level[c], knots, chain.fs);
    all.push_back(&level[c]);
    used.push_back(chain.channels[c].weight > 0 ? 1 : 0);
  }
  chain.shape_waves.resize(chain.shapes.group_size.size());
  for (std::size_t g = 0; g < chain.shape_waves.size(); ++g) {
    const bool is_usual = static_cast<int>(g) == chain.measures.usual;
    const auto members = beats_of_group(chain.shapes, static_cast<int>(g));
    MedianBeat median = median_beat(all, members, before, after);
    if (median.empty()) continue;
    BoundaryExamples examples{members, {}};
    chain.shape_waves[g] = delineate_shape(median, {used, rr, chain.fs, is_usual}, *chain.models,
                                           chain.examples != nullptr ? &examples.rows : nullptr);
    if (chain.examples != nullptr) chain.examples->push_back(std::move(examples));
    if (is_usual) chain.median = std::move(median);
    if (is_usual && chain.shape_waves[g]) chain.waves = chain.shape_waves[g]->global;
  }
}

const std::vector<float>* median_of(const Chain& chain, LeadId id) {
  const int at = chain.recording->find(id);
  if (at < 0 || chain.median.empty()) return nullptr;
  const Channel& channel = chain.channels[static_cast<std::size_t>(at)];
  return channel.calibrated ? &chain.median.leads[static_cast<std::size_t>(at)] : nullptr;
}

void measure(Chain& chain, bool fibrillates, Analysis& out) {
  Measurements& m = out.measurements;
  m = nothing_measured(fibrillates ? "rhythm_disorganised" : "no_beats");
  const bool p_wave = chain.waves && chain.waves->p;
  if (fibrillates && chain.beats.size() < 2) return;
  measure_rhythm(chain.beats, p_wave, chain.fs, m);
  measure_intervals(chain.waves, chain.fs, m);
  measure_axes(chain.waves, median_of(chain, LeadId::kI), median_of(chain, LeadId::kII), m);
}

void measure_leads(Chain& chain, Analysis& out, Facts& facts) {
  if (!chain.waves) return;
  for (std::size_t c = 0; c < chain.channels.size(); ++c) {
    const Channel& channel = chain.channels[c];
    const std::vector<float>& beat = chain.median.leads[c];
    const bool poor = c < chain.stored && out.lead_quality[c].grade == QualityGrade::kPoor;
    LeadMeasurements lead = measure_lead(beat, channel.lead, channel.calibrated, *chain.waves, chain.fs);
    if (poor) {
      lead.st_j_uv = lead.st_j60_uv = lead.r_uv = lead.s_uv = not_measured("lead_poor");
      lead.shape.reset();
    }
    if (lead.shape && channel.id != LeadId::kOther) facts.leads.push_back({channel.id, *lead.shape});
    if (c < chain.stored) out.leads.push_back(std::move(lead));
  }
}

CriticalFacts critical_facts(const Chain& chain, const Analysis& out) {
  CriticalFacts facts;
  facts.readable = chain.readable;
  facts.rhythm = leading_rhythm(out.rhythm);
  for (const RhythmInterval& r : out.rhythm) {
    facts.vf = facts.vf || r.code == "VF" || r.code == "VFL";
    facts.asystole = facts.asystole || r.code == "ASYS";
    if (r.code != "VT") continue;
    std::vector<int> groups;
    std::vector<SampleIndex> peaks;
    for (std::size_t b = 0; b < chain.beats.size(); ++b) {
      const SampleIndex at = chain.beats[b].r_peak;
      if (at < r.interval.begin || at >= r.interval.end) continue;
      peaks.push_back(at);
      groups.push_back(chain.shapes.group[b]);
    }
    if (peaks.size() < 3) continue;
    const double rate = 60 * chain.fs.value * static_cast<double>(peaks.size() - 1) /
                        static_cast<double>(peaks.back() - peaks.front());
    if (rate <= facts.vt_rate_bpm.value_or(0)) continue;
    facts.vt_rate_bpm = rate;
    facts.vt_s = static_cast<double>(r.interval.end - r.interval.begin) / chain.fs.value;
    std::ranges::sort(groups);
    std::ptrdiff_t largest = 0;
    for (int g : groups) largest = std::max(largest, std::ranges::count(groups, g));
    facts.vt_polymorphic = peaks.size() >= 5 && 10 * largest < 6 * static_cast<std::ptrdiff_t>(groups.size());
  }
  facts.mean_rate_bpm = out.measurements.ventricular_rate_bpm.value;
  facts.longest_rr_s = out.measurements.rr_max_ms.value.value_or(0) / 1000;
  facts.qtc_ms = out.measurements.qtc_fridericia_ms.value;
  facts.statements = out.statements;
  return facts;
}

// Whether anything can be said of the heart: its beats, or a rhythm that has none.
bool heart_was_seen(const Chain& chain, std::span<const RhythmInterval> rhythm) {
  const std::string_view leading = leading_rhythm(rhythm);
  return chain.beats.size() >= 2 || leading == "VF" || leading == "VFL" || leading == "VT" ||
         leading == "ASYS";
}

// Beats, median beat, rhythm and measurements of a tracing that can be read; false when it turns out that it
// cannot.
bool read_heart(Chain& chain, Analysis& out, Facts& facts) {
  RhythmFacts rhythm;
  rhythm.frames = chain.recording->frames();
  rhythm.sampling_frequency = chain.fs;
  rhythm.silent = silent_stretches(chain.channels, chain.fs);
  ShockStretches shocks = shock_stretches(chain.channels, chain.fs, chain.models->shockable);
  rhythm.shockable = std::move(shocks.found);
  rhythm.shock_levels = std::move(shocks.levels);
  find_beats(chain, rhythm.silent, rhythm.shockable);
  // Beats that do not resemble each other are noise taken for beats.
  if (!beats_cohere(chain)) return false;
  chain.ended("beats");
  delineate_shapes(chain);
  drop_unsteady_p(chain);
  chain.ended("delineate");
  rhythm.p_wave = chain.waves && chain.waves->p;
  if (chain.waves) {
    rhythm.usual_qrs_ms = (chain.waves->qrs.offset - chain.waves->qrs.onset) * 1000 / chain.fs.value;
  }
  if (rhythm.shockable.empty()) {
    rhythm.pacing = pacing_of(pacing_spikes(chain.channels, chain.fs), chain.beats, chain.fs);
    rhythm.flutter = find_flutter(chain.channels, chain.beats, chain.fs);
    rhythm.av = find_av_block(chain.channels, chain.beats, rhythm.p_wave, chain.fs);
  }
  facts.pacing = rhythm.pacing;
  facts.av = rhythm.av;
  out.rhythm = rhythm_intervals(chain.beats, rhythm);
  if (!heart_was_seen(chain, out.rhythm)) return false;
  mark_tachycardia_beats(chain, out.rhythm);
  chain.ended("rhythm");
  measure(chain, !rhythm.shockable.empty(), out);
  measure_leads(chain, out, facts);
  chain.ended("measure");
  if (chain.waves && chain.recording->duration_s() <= kMarksMostS) {
    const std::span<const Channel> stored(chain.channels.data(), chain.stored);
    out.waves =
        mark_beats(stored, {chain.beats, chain.shapes.group, chain.shape_waves,
                            static_cast<std::size_t>(chain.measures.usual), chain.p_matches, chain.fs});
    chain.ended("delineate");
  }
  return true;
}

// Minutes that are poor as a whole may still hold fibrillation in a part that is not.
std::vector<RhythmInterval> unread_rhythm(const Chain& chain) {
  RhythmFacts facts;
  facts.frames = chain.recording->frames();
  facts.sampling_frequency = chain.fs;
  if (chain.recording->duration_s() > kStripMostS) {
    facts.shockable = shock_stretches(chain.channels, chain.fs, chain.models->shockable).found;
  }
  return rhythm_intervals({}, facts);
}

std::optional<SwapFinding> exchange_in(const Chain& chain, const Analysis& out) {
  if (!chain.waves || chain.median.empty()) return std::nullopt;
  std::array<std::span<const float>, kSwapLeads> leads;
  bool all_usable = true;
  for (std::size_t k = 0; k < kSwapLeads; ++k) {
    const auto* beat = median_of(chain, kSwapLeadIds[k]);
    const int at = chain.recording->find(kSwapLeadIds[k]);
    const bool usable =
        beat != nullptr && out.lead_quality[static_cast<std::size_t>(at)].grade != QualityGrade::kPoor;
    all_usable = all_usable && usable;
    if (usable) leads[k] = *beat;
  }
  if (all_usable) return find_exchange(swap_shapes(leads, *chain.waves, chain.fs), chain.models->swap_prior);
  const auto* one = median_of(chain, LeadId::kI);
  const auto* two = median_of(chain, LeadId::kII);
  const auto* v6 = median_of(chain, LeadId::kV6);
  if (one == nullptr || two == nullptr || v6 == nullptr || !arms_look_swapped(*one, *two, *v6, *chain.waves))
    return std::nullopt;
  return SwapFinding{Exchange::kRaLa, kClaimLogOdds, true};
}

void suspect_swap(Chain& chain, Analysis& out) {
  const auto found = exchange_in(chain, out);
  if (!found) return;
  out.exchange = {std::string(exchange_name(found->exchange)), found->log_odds, found->claimed};
  if (!found->claimed) return;
  chain.exchange = found->exchange;
  for (LeadQuality& lead : out.lead_quality) {
    if (!concerns(found->exchange, chain.recording->leads[static_cast<std::size_t>(lead.lead)].id)) continue;
    lead.reasons.push_back(QualityReason::kLeadReversal);
    lead.grade = std::max(lead.grade, QualityGrade::kDegraded);
  }
  out.quality = overall_grade(out.lead_quality);
}

void conclude(Chain& chain, Analysis& out, Facts& facts) {
  out.beats = chain.beats;
  for (std::size_t b = 0; b < out.beats.size(); ++b) out.beats[b].r_peak = chain.detected[b];
  facts.readable = chain.readable;
  facts.duration_s = chain.recording->duration_s();
  facts.options = chain.options;
  facts.quality = out.quality;
  facts.arms_swapped = chain.exchange && concerns_limbs(*chain.exchange);
  facts.exchange = chain.exchange;
  facts.beats = out.beats;
  facts.rhythm = out.rhythm;
  facts.sampling_frequency = chain.fs;
  facts.measurements = &out.measurements;
  if (chain.waves && chain.waves->p) {
    const auto& usual = chain.shape_waves[static_cast<std::size_t>(chain.measures.usual)];
    if (usual) facts.middle_pr_ms = middle_pr_ms(usual->leads);
  }
  facts.models = chain.models;
  facts.features = statement_features(out.measurements, facts.leads, chain.options.age_years);
  if (!facts.exchange) facts.scores = learned_scores(facts.features, *chain.models);
  out.statements = make_statements(facts);
  out.critical = evaluate_critical(critical_facts(chain, out), facts);
  out.urgency = urgency_of(out.critical, chain.readable);
}

bool holds_limb_leads(const Recording& recording) {
  constexpr std::array<LeadId, 4> kDerivable = {LeadId::kIII, LeadId::kAVR, LeadId::kAVL, LeadId::kAVF};
  return std::ranges::all_of(kDerivable, [&recording](LeadId id) { return recording.find(id) >= 0; });
}

Analysis run(const Recording& recording, const Options& options, const Models& models,
             const StageWatch& watch, std::vector<BoundaryExamples>* examples) {
  const double hz = recording.sampling_frequency.value;
  if (recording.leads.empty() || recording.frames() == 0) return refused("no_signal");
  if (!(hz >= kLeastHz && hz <= kMostHz)) return refused("sampling_outside_range");
  const auto better_uv = sensitivity_in_their_stead(recording);
  const bool as_given = !better_uv && holds_limb_leads(recording);
  Recording full;
  if (!as_given) {
    full = recording;
    if (better_uv)
      for (Lead& lead : full.leads) lead.uv_per_lsb = *better_uv;
    full = with_derived_limb_leads(std::move(full));
  }
  Chain chain;
  chain.recording = as_given ? &recording : &full;
  chain.stored = recording.leads.size();
  chain.options = options;
  chain.models = &models;
  chain.watch = watch;
  chain.examples = examples;
  chain.fs = recording.sampling_frequency;

  Analysis out;
  out.algorithm_version = kAlgorithmVersion;
  out.rule_set = kRuleSet;
  Facts facts;
  facts.sensitivity_doubted = better_uv.has_value();
  prepare(chain, out);
  chain.ended("filter");
  chain.r_peaks = detect_qrs(chain.channels, chain.fs, *chain.models);
  chain.ended("detect");
  chain.readable = chain.readable && read_heart(chain, out, facts);
  if (chain.readable) {
    suspect_swap(chain, out);
    chain.ended("swap");
  } else {
    chain.beats.clear();
    out.measurements = nothing_measured("unreadable");
    out.rhythm = unread_rhythm(chain);
    out.quality = QualityGrade::kPoor;
  }
  conclude(chain, out, facts);
  // What looks like a beat is told, though nothing is concluded from it.
  if (!chain.readable)
    for (const SampleIndex r : chain.r_peaks) out.beats.push_back({r, BeatClass::kUnknown});
  chain.ended("interpret");
  return out;
}

}  // namespace

Analysis analyze(const Recording& recording, const Options& options) {
  return analyze_with(recording, options, built_in_models());
}

Analysis analyze_with(const Recording& recording, const Options& options, const Models& models) {
  return analyze_watched(recording, options, models, {});
}

Analysis analyze_watched(const Recording& recording, const Options& options, const Models& models,
                         const StageWatch& watch) {
  return run(recording, options, models, watch, nullptr);
}

std::vector<BoundaryExamples> boundary_examples(const Recording& recording, const Options& options) {
  std::vector<BoundaryExamples> examples;
  run(recording, options, built_in_models(), {}, &examples);
  return examples;
}

}  // namespace ecg::dsp
