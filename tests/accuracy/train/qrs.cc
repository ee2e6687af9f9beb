#include "tests/accuracy/train/qrs.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <optional>
#include <random>
#include <set>

#include "dsp/detect/detect.h"
#include "tests/accuracy/train/qrs_signals.h"

namespace ecg::accuracy {
namespace {

using dsp::QrsExample;
using dsp::QrsModels;

constexpr double kBelongsS = 0.13;  // farthest that a beat's hump lies from its mark
constexpr unsigned kThinning = 6;   // of what is easily told
constexpr float kEasyLogOdds = 3;

struct Judges {
  TrainedForest early, late;
};

std::vector<std::string> names(std::size_t count) {
  return dsp::qrs_feature_names(count);
}

std::vector<std::uint8_t> beats_among(const QrsTraining& signal, std::span<const double> places) {
  std::vector<std::uint8_t> beat(places.size(), 0);
  for (const dsp::SampleIndex r : signal.beats) {
    const auto mark = static_cast<double>(r);
    const auto next = std::ranges::lower_bound(places, mark) - places.begin();
    double nearest = kBelongsS * signal.hz;
    std::ptrdiff_t found = -1;
    for (std::ptrdiff_t k = std::max<std::ptrdiff_t>(0, next - 2);
         k <= next + 1 && k < static_cast<std::ptrdiff_t>(places.size()); ++k) {
      const double off = std::abs(places[static_cast<std::size_t>(k)] - mark);
      if (off < nearest) nearest = off, found = k;
    }
    if (found >= 0) beat[static_cast<std::size_t>(found)] = 1;
  }
  return beat;
}

bool marked(const QrsTraining& signal, double place) {
  return std::ranges::none_of(signal.without, [place](const dsp::Interval& gap) {
    return place >= static_cast<double>(gap.begin) && place < static_cast<double>(gap.end);
  });
}

// What the detector asks its trees on a signal, with the right answers.
class Collector {
 public:
  explicit Collector(std::size_t features) : features_(features) { rows_.feature_names = names(features); }

  void listen(const QrsTraining& signal, const QrsModels& models) {
    std::vector<dsp::QrsLead> leads;
    for (const auto& lead : signal.leads) leads.push_back({lead, {}, true});
    std::vector<QrsExample> examples;
    dsp::qrs_peaks(leads, {signal.hz}, models, dsp::QrsStart::kLearned, &examples);
    const dsp::AnalysisRate rate({signal.hz});
    std::vector<double> places;
    for (const QrsExample& e : examples) places.push_back(rate.frame_of(static_cast<double>(e.at)));
    const std::vector<std::uint8_t> beat = beats_among(signal, places);
    for (std::size_t i = 0; i < examples.size(); ++i) {
      if (!marked(signal, places[i])) continue;
      const auto& features = examples[i].features;
      float weight = signal.weight;
      if (easy(features, beat[i] != 0, models.early.empty())) {
        if (random_() % kThinning != 0) continue;
        weight *= static_cast<float>(kThinning);
      }
      rows_.add(std::span(features).first(features_), beat[i], "", weight);
    }
  }
  const Rows& rows() const { return rows_; }

 private:
  static bool easy(std::span<const float> features, bool beat, bool untrained) {
    const float height = features[0], score = features[dsp::kQrsEarlyFeatures];
    if (untrained) return beat ? height > 0.8F : height < 0.2F;
    return beat ? score > kEasyLogOdds : score < -kEasyLogOdds;
  }

  std::size_t features_;
  Rows rows_;
  std::mt19937 random_{1};
};

TrainedForest fit(const Rows& rows, int rounds, double rate) {
  return train_trees(rows, {.task = Task::kBinary,
                            .rounds = rounds,
                            .depth = 4,
                            .learning_rate = rate,
                            .least_child_weight = 20,
                            .l2 = 5,
                            .row_share = 0.7,
                            .column_share = 0.6,
                            .direction = dsp::qrs_feature_directions(rows.feature_names.size())});
}

// Each time the detector runs with what it has learnt so far, so that the trees see the states that they lead
// to themselves.
Judges train_judges(Library& data, const std::function<bool(std::string_view)>& held_out) {
  const auto collect = [&](std::size_t features, std::vector<QrsModels> models) {
    Collector out(features);
    for_each_qrs_training(data, held_out, [&](const QrsTraining& signal) {
      for (const QrsModels& m : models) out.listen(signal, m);
    });
    return out;
  };
  constexpr std::size_t kAll = dsp::kQrsEarlyFeatures + dsp::kQrsLateFeatures;
  Judges judges;
  const TrainedForest first = fit(collect(dsp::kQrsEarlyFeatures, {QrsModels{}}).rows(), 60, 0.15);
  judges.early = fit(collect(dsp::kQrsEarlyFeatures, {{first.view(), {}}}).rows(), 60, 0.15);
  const TrainedForest before = fit(collect(kAll, {{judges.early.view(), {}}}).rows(), 100, 0.12);
  judges.late = fit(collect(kAll, {{judges.early.view(), before.view()}}).rows(), 100, 0.12);
  return judges;
}

// The two are trained together; asked for one after the other they share the work.
class Trainer {
 public:
  explicit Trainer(Library& data) : data_(data) {}

  Judges train(const std::function<bool(std::string_view)>& held_out) {
    const std::scoped_lock lock(mutex_);
    std::set<std::string> out;
    for (const char* database : {"mitdb", "ludb"}) {
      for (const std::string& name : data_.names(database)) {
        const std::string patient = data_.patient_of(name);
        if (held_out(patient)) out.insert(patient);
      }
    }
    if (!last_ || out != without_) last_ = train_judges(data_, held_out);
    without_ = out;
    return *last_;
  }

 private:
  Library& data_;
  std::mutex mutex_;
  std::set<std::string> without_;
  std::optional<Judges> last_;
};

class QrsJudge : public LearnedModel {
 public:
  QrsJudge(std::shared_ptr<Trainer> trainer, bool late) : trainer_(std::move(trainer)), late_(late) {}

  std::string_view name() const override { return late_ ? "qrs_late" : "qrs_early"; }
  TrainedForest train(const std::function<bool(std::string_view)>& held_out) const override {
    Judges judges = trainer_->train(held_out);
    return late_ ? std::move(judges.late) : std::move(judges.early);
  }
  void install(dsp::Models& models, const dsp::Forest& forest) const override {
    (late_ ? models.qrs_late : models.qrs_early) = forest;
  }
  std::string table(const TrainedForest& forest) const override {
    constexpr std::size_t kAll = dsp::kQrsEarlyFeatures + dsp::kQrsLateFeatures;
    return table_text(forest, late_ ? "kQrsLate" : "kQrsEarly",
                      std::string("Log odds that a hump of the slope is a beat, judged ") +
                          (late_ ? "with what follows" : "by what came before") +
                          "; trained on mitdb and ludb, with noise of nstdb (bw, ma).",
                      names(late_ ? kAll : dsp::kQrsEarlyFeatures));
  }

 private:
  std::shared_ptr<Trainer> trainer_;
  bool late_;
};

}  // namespace

std::vector<std::unique_ptr<LearnedModel>> qrs_models(Library& data) {
  const auto trainer = std::make_shared<Trainer>(data);
  std::vector<std::unique_ptr<LearnedModel>> models;
  models.push_back(std::make_unique<QrsJudge>(trainer, false));
  models.push_back(std::make_unique<QrsJudge>(trainer, true));
  return models;
}

}  // namespace ecg::accuracy
