#include "tests/accuracy/train/beat_class.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <mutex>

#include "dsp/beats/classify.h"
#include "dsp/stages.h"
#include "tests/accuracy/data/annotations.h"
#include "tests/accuracy/score/beat_match.h"

namespace ecg::accuracy {
namespace {

using dsp::BeatFeature;
using enum dsp::BeatFeature;

// What one output may look at, and which way each feature may push: physiology fixes the direction, so that
// the trees cannot learn the opposite from the few patients there are. 0: either way.
struct Use {
  BeatFeature feature;
  int direction;
};

constexpr Use kVentricularUse[] = {{kRrBefore, 0},
                                   {kRrAfter, 0},
                                   {kRrBeforeOverAfter, 0},
                                   {kRrBeforeOverLast, 0},
                                   {kRrBeforeOverUsual, 0},
                                   {kRrTwoOverUsual, 0},
                                   {kRrLast, 0},
                                   {kRrNext, 0},
                                   {kRrRank, 0},
                                   {kRrOverLongest, 0},
                                   {kRrOverLong, 0},
                                   {kOverSinus, 0},
                                   {kOverSinusBack, 0},
                                   {kAfterOverSinus, 0},
                                   {kLastOverSinus, 0},
                                   {kQrsLike, -1},
                                   {kQrsLikeA, -1},
                                   {kQrsLikeB, -1},
                                   {kBeginLike, -1},
                                   {kEndLike, -1},
                                   {kWholeLike, -1},
                                   {kQrsSize, 0},
                                   {kQrsSizeA, 0},
                                   {kQrsDistance, 1},
                                   {kWidthMs, 1},
                                   {kWidthMoreMs, 1},
                                   {kSpreadMs, 1},
                                   {kSpreadMoreMs, 1},
                                   {kTDistance, 1},
                                   {kTAgainstQrs, 0},
                                   {kLastTDistance, 0},
                                   {kPLike, -1},
                                   {kPLikeNear, 0},
                                   {kOwnLike, 1},
                                   {kNoise, -1},
                                   {kUsualShareNear, 0},
                                   {kLastUsual, 0},
                                   {kNextUsual, 0},
                                   {kIrregularShare, -1},
                                   {kGroupLike, -1},
                                   {kGroupWidthMoreMs, 1},
                                   {kGroupPLike, -1},
                                   {kTOverQrs, 1}};

constexpr Use kSupraventricularUse[] = {
    {kOverSinus, -1}, {kOverSinusBack, -1}, {kOverSinusLeast, -1}, {kAfterOverSinus, 1},  {kLastOverSinus, 0},
    {kEarliness, 1},  {kRrScatter, -1},     {kIrregularStep, -1},  {kIrregularShare, -1}, {kPLike, -1},
    {kPLikeNear, 1},  {kQrsLike, 1},        {kWidthMoreMs, -1},    {kOwnLike, 1},         {kNoise, -1}};

constexpr Use kNoBeatUse[] = {{kRrBefore, -1},
                              {kRrAfter, -1},
                              {kRrBeforeOverAfter, 0},
                              {kRrBeforeOverLast, 0},
                              {kRrBeforeOverUsual, 0},
                              {kRrTwoOverUsual, 0},
                              {kRrLast, 0},
                              {kRrNext, 0},
                              {kRrOverLong, 0},
                              {kOverSinus, 0},
                              {kAfterOverSinus, 0},
                              {kQrsLike, 0},
                              {kQrsLikeA, 0},
                              {kQrsLikeB, 0},
                              {kBeginLike, 0},
                              {kEndLike, 0},
                              {kWholeLike, 0},
                              {kQrsSize, 0},
                              {kQrsSizeA, 0},
                              {kQrsDistance, 0},
                              {kWidthMs, 0},
                              {kWidthMoreMs, 0},
                              {kSpreadMs, 0},
                              {kSpreadMoreMs, 0},
                              {kTDistance, 0},
                              {kTAgainstQrs, 0},
                              {kPLike, 0},
                              {kOwnLike, -1},
                              {kNoise, 1}};

// No patient counts with more than so many beats of a class: N S V F Q and false detections.
constexpr std::string_view kLabels = "NSVFQ-";
struct Target {
  char wanted;
  std::span<const Use> use;
  std::array<double, 6> most;
};
const std::array<Target, dsp::kBeatOutputs> kTargets = {{
    {'V', kVentricularUse, {300, 150, 300, 0, 0, 60}},
    {'S', kSupraventricularUse, {1000, 150, 200, 50, 0, 30}},
    {'-', kNoBeatUse, {300, 100, 300, 50, 0, 150}},
}};

struct Example {
  dsp::BeatRow row;
  char label;    // of kLabels
  bool typical;  // false: an S that is neither early nor narrow by definition (aberrant, junctional)
  std::string patient;
  int part;  // records are cut and thinned in several ways; limits hold for each
};

struct Seen {
  dsp::BeatShapes shapes;
  dsp::BeatMeasures measures;
};

Seen measured(const dsp::Recording& recording, const dsp::Options& options) {
  Seen seen;
  dsp::StageWatch watch;
  watch.context = &seen;
  watch.beats_measured = [](void* context, const dsp::BeatShapes& shapes, const dsp::BeatMeasures& measures) {
    *static_cast<Seen*>(context) = {shapes, measures};
  };
  dsp::analyze_watched(recording, options, dsp::built_in_models(), watch);
  return seen;
}

class Reference {
 public:
  Reference(const Record& record) : hz_(record.recording.sampling_frequency.value) {
    std::int64_t onset = -1;
    for (const Annotation& a : read_annotations(record.path + ".atr", hz_)) {
      if (a.symbol == "[") onset = a.sample;
      if (a.symbol == "]") fibrillates_.emplace_back(onset, a.sample);
      if (is_beat(a.symbol)) beats_.push_back(a);
    }
  }

  // The beat annotated at a detection; null if there is none within the matching window.
  const Annotation* at(std::int64_t sample) const {
    const Annotation* best = nullptr;
    const auto window = static_cast<std::int64_t>(std::lround(kMatchS * hz_));
    auto next = std::ranges::lower_bound(beats_, sample - window, {}, &Annotation::sample);
    for (; next != beats_.end() && next->sample <= sample + window; ++next) {
      if (best == nullptr || std::abs(next->sample - sample) < std::abs(best->sample - sample)) best = &*next;
    }
    return best;
  }

  bool fibrillates(std::int64_t sample) const {
    return std::ranges::any_of(fibrillates_,
                               [sample](const auto& f) { return f.first <= sample && sample <= f.second; });
  }

 private:
  double hz_;
  std::vector<Annotation> beats_;
  std::vector<std::pair<std::int64_t, std::int64_t>> fibrillates_;
};

dsp::Recording cut_out(const dsp::Recording& recording, std::int64_t begin, std::int64_t end) {
  dsp::Recording out{recording.sampling_frequency, {}};
  for (const dsp::Lead& lead : recording.leads) {
    dsp::Lead part = lead;
    part.gaps.clear();
    part.samples.assign(lead.samples.begin() + begin, lead.samples.begin() + end);
    out.leads.push_back(std::move(part));
  }
  return out;
}

void add_examples(const Record& record, const Reference& reference, const dsp::Recording& recording,
                  std::int64_t begin, int part, std::vector<Example>& out) {
  const Seen seen = measured(recording, record.options);
  const auto& r_peaks = seen.shapes.r_peaks;
  const auto& rows = seen.measures.rows;
  for (std::size_t b = 0; b < rows.size(); ++b) {
    const std::int64_t at = r_peaks[b] + begin;
    if (reference.fibrillates(at)) continue;
    const Annotation* beat = reference.at(at);
    // Of several detections at one beat the nearest is the beat.
    const auto nearer = [&](std::size_t other) {
      return beat != nullptr && other < r_peaks.size() &&
             std::abs(r_peaks[other] + begin - beat->sample) < std::abs(at - beat->sample);
    };
    if (nearer(b + 1) || (b > 0 && nearer(b - 1))) beat = nullptr;
    const char label = beat == nullptr ? '-' : static_cast<char>(aami_class(beat->symbol));
    const bool typical = beat == nullptr || (beat->symbol != "a" && beat->symbol != "J");
    out.push_back({rows[b], label, typical, record.patient, part});
  }
}

// Whole records with both leads and with each alone, and strips of ten seconds.
std::vector<Example> examples_of(Library& data) {
  constexpr double kStripS = 10, kEveryS = 30;
  constexpr int kStrips = 3;
  std::vector<Example> out;
  for (const std::string& name : data.names("mitdb")) {
    const auto record = data.load(name);
    const Reference reference(*record);
    add_examples(*record, reference, record->recording, 0, 0, out);
    for (std::size_t lead = 1; lead <= record->recording.leads.size(); ++lead)
      add_examples(*record, reference, single_lead(*record, lead).recording, 0, static_cast<int>(lead), out);
    const double hz = record->recording.sampling_frequency.value;
    const auto strip = static_cast<std::int64_t>(kStripS * hz),
               every = static_cast<std::int64_t>(kEveryS * hz);
    for (std::int64_t begin = 0; begin + strip <= record->recording.frames(); begin += every)
      add_examples(*record, reference, cut_out(record->recording, begin, begin + strip), begin, kStrips, out);
  }
  return out;
}

// Instead of many rows of little weight, few of more: as good, and several times faster. Which rows stay
// depends on nothing but their place.
void thin(std::vector<float>& weights) {
  constexpr float kLeast = 0.5F;
  float carried = 0;
  for (float& weight : weights) {
    if (weight <= 0 || weight >= kLeast) continue;
    carried += weight;
    weight = carried >= kLeast ? kLeast : 0;
    if (weight > 0) carried -= kLeast;
  }
}

// Weights that keep no patient above the limits; parts other than whole records with both leads count half.
std::vector<float> weights_of(const std::vector<Example>& examples, const Target& target) {
  std::map<std::tuple<std::string, int, char>, int> count;
  for (const Example& e : examples) ++count[{e.patient, e.part, e.label}];
  std::vector<float> weights;
  for (const Example& e : examples) {
    const double most = target.most[kLabels.find(e.label)];
    const double share = std::min(1.0, most / count[{e.patient, e.part, e.label}]);
    weights.push_back(static_cast<float>(e.typical ? share * (e.part == 0 ? 1 : 0.5) : 0));
  }
  thin(weights);
  return weights;
}

std::vector<std::string> feature_names() {
  return {dsp::kBeatFeatureNames.begin(), dsp::kBeatFeatureNames.end()};
}

// A ventricular beat has its shape whenever it comes: escape beats and slow ventricular rhythms are rare
// among the examples, so that each ventricular beat is shown once more at the time of a usual one.
constexpr float kEscapeWeight = 0.3F;
dsp::BeatRow at_the_time_of(const Example& usual, const Example& ventricular) {
  dsp::BeatRow row = ventricular.row;
  for (const BeatFeature f :
       {kRrBefore, kRrAfter, kRrBeforeOverAfter, kRrBeforeOverLast, kRrBeforeOverUsual, kRrTwoOverUsual,
        kRrLast, kRrNext, kRrRank, kRrOverLongest, kRrOverLong, kOverSinus, kOverSinusBack, kOverSinusLeast,
        kAfterOverSinus, kLastOverSinus, kEarliness})
    row[static_cast<std::size_t>(f)] = usual.row[static_cast<std::size_t>(f)];
  return row;
}

TrainedForest train_output(const std::vector<Example>& examples, const Target& target,
                           const std::function<bool(std::string_view)>& held_out) {
  const std::vector<float> weights = weights_of(examples, target);
  Rows rows;
  rows.feature_names = feature_names();
  const Example* usual = nullptr;
  for (std::size_t i = 0; i < examples.size(); ++i) {
    const Example& example = examples[i];
    if (held_out(example.patient)) continue;
    if (example.label == 'N') usual = &example;
    if (weights[i] <= 0) continue;
    if (target.wanted == 'V' && example.label == 'V' && usual != nullptr &&
        usual->patient == example.patient) {
      const dsp::BeatRow late = at_the_time_of(*usual, example);
      dsp::BeatRow row{};
      for (const Use& use : target.use)
        row[static_cast<std::size_t>(use.feature)] = late[static_cast<std::size_t>(use.feature)];
      rows.add(row, 1, example.patient, weights[i] * kEscapeWeight);
    }
    dsp::BeatRow row{};
    for (const Use& use : target.use)
      row[static_cast<std::size_t>(use.feature)] = example.row[static_cast<std::size_t>(use.feature)];
    rows.add(row, example.label == target.wanted ? 1 : 0, example.patient, weights[i]);
  }
  std::vector<int> directions(dsp::kBeatFeatures, 0);
  for (const Use& use : target.use) directions[static_cast<std::size_t>(use.feature)] = use.direction;
  return train_trees(rows, {.rounds = 80,
                            .depth = 3,
                            .learning_rate = 0.11,
                            .least_child_weight = 4,
                            .l2 = 4,
                            .row_share = 0.6,
                            .column_share = 0.5,
                            .direction = directions});
}

class BeatClassModel : public LearnedModel {
 public:
  explicit BeatClassModel(Library& data) : data_(data) {}

  std::string_view name() const override { return "beat_class"; }

  // The trees of the three outputs by turns, as a forest with several outputs has them.
  TrainedForest train(const std::function<bool(std::string_view)>& held_out) const override {
    std::call_once(made_, [this] { examples_ = examples_of(data_); });
    std::array<TrainedForest, dsp::kBeatOutputs> outputs;
    for (std::size_t o = 0; o < outputs.size(); ++o)
      outputs[o] = train_output(examples_, kTargets[o], held_out);
    TrainedForest all;
    all.outputs = dsp::kBeatOutputs;
    for (std::size_t tree = 0; tree < outputs[0].roots.size(); ++tree) {
      for (const TrainedForest& one : outputs) {
        const auto begin = one.nodes.begin() + one.roots[tree];
        const auto end =
            tree + 1 < one.roots.size() ? one.nodes.begin() + one.roots[tree + 1] : one.nodes.end();
        all.roots.push_back(static_cast<std::uint32_t>(all.nodes.size()));
        all.nodes.insert(all.nodes.end(), begin, end);
      }
    }
    return all;
  }

  void install(dsp::Models& models, const dsp::Forest& forest) const override { models.beat_class = forest; }

  std::string table(const TrainedForest& forest) const override {
    return table_text(
        forest, "kBeatClass",
        "Log odds that a beat is ventricular, supraventricular ectopic, none; trained on mitdb.",
        feature_names());
  }

 private:
  Library& data_;
  mutable std::once_flag made_;
  mutable std::vector<Example> examples_;
};

}  // namespace

std::unique_ptr<LearnedModel> beat_class_model(Library& data) {
  return std::make_unique<BeatClassModel>(data);
}

}  // namespace ecg::accuracy
