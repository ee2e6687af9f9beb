#include "tests/accuracy/train/shockable.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "dsp/filter/channel.h"
#include "dsp/rhythm/shock_detector.h"
#include "tests/accuracy/data/annotations.h"
#include "tests/accuracy/data/table.h"

namespace ecg::accuracy {
namespace {

enum : std::int8_t { kUnknown = -1, kNoise = -2, kOther = 0, kShockable = 1 };
using Truth = std::vector<std::int8_t>;  // by second

constexpr double kWindowS = dsp::kShockWindowS, kGuardS = 5;
// A tachycardia played so slowly that it is none any more must not be called one; sinus rhythm played fast
// must not either.
constexpr double kSlower[] = {0.45, 0.55, 0.65}, kFaster[] = {1.4, 1.9};
constexpr double kSlowBpm = 112, kLeastBpm = 40;
constexpr float kSteady = 0.6F, kLeastLeakage = 0.35F;
constexpr double kChangedSpeedHopS = 2.3;

std::int8_t class_of(const std::string& aux) {
  const std::string rhythm = aux.substr(0, aux.find_last_not_of(" \t") + 1);
  for (const char* shockable : {"(VF", "(VFL", "(VFIB", "(VT"})
    if (rhythm == shockable) return kShockable;
  if (rhythm == "(NOISE") return kNoise;
  return rhythm == "(NOD" || rhythm == "(ASYS" ? kUnknown : kOther;
}

Truth from_annotations(const Record& record) {
  const double hz = record.recording.sampling_frequency.value;
  Truth truth(static_cast<std::size_t>(record.recording.duration_s()) + 1, kUnknown);
  bool first = true;
  for (const Annotation& a : read_annotations(record.path + ".atr", hz)) {
    if (a.symbol != "+" || !a.aux.starts_with('(')) continue;
    const auto from = first ? 0 : static_cast<std::size_t>(static_cast<double>(a.sample) / hz);
    first = false;
    if (from < truth.size())
      std::fill(truth.begin() + static_cast<std::ptrdiff_t>(from), truth.end(), class_of(a.aux));
  }
  return truth;
}

std::map<std::string, Truth> from_windows(const Library& data) {
  std::map<std::string, Truth> out;
  for (const TableRow& row : read_table(data.root() + "/cudb/windows_5s_shockable.csv")) {
    Truth& truth = out["cudb/" + row.at("record")];
    truth.insert(truth.end(), 5, row.at("shockable") == "1" ? kShockable : kOther);
  }
  return out;
}

// The class of [from_s, to_s), or kUnknown when it is not one throughout. near: the other class is close.
std::int8_t class_in(const Truth& truth, double from_s, double to_s, bool& near) {
  const auto at = [&truth](double s) {
    return std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(s), 0,
                                      static_cast<std::ptrdiff_t>(truth.size()) - 1);
  };
  const auto own = truth[static_cast<std::size_t>(at(from_s))];
  for (auto s = at(from_s); s <= at(to_s - 0.01); ++s)
    if (truth[static_cast<std::size_t>(s)] != own) return kUnknown;
  near = false;
  for (auto s = at(from_s - kGuardS); s <= at(to_s + kGuardS); ++s)
    near = near || (own >= 0 && truth[static_cast<std::size_t>(s)] == 1 - own);
  return own;
}

struct Weights {
  double record = 1, noise = 0.5, near = 1;
  int every = 1;  // of the windows without a shockable rhythm
};

Weights weights_of(const std::string& database) {
  if (database == "vfdb") return {1, 0.5, 1, 1};
  if (database == "cudb") return {2, 0.5, 0.3, 1};
  if (database == "mitdb") return {1.5, 0.5, 1, 3};
  if (database == "cinc2017") return {0.7, 0.5, 1, 1};
  return {0.3, 0.5, 1, database == "ptbxl" ? 2 : 1};
}

struct Example {
  dsp::ShockFeatures features{};
  std::int8_t label = kOther;
  double weight = 1;
};

// Windows of one lead, played at speed times its own.
void gather(const dsp::Channel& channel, double hz, double speed, const Truth& truth, const Weights& weights,
            std::vector<Example>& out) {
  const double played_hz = hz * speed;
  dsp::ShockLead lead({played_hz}, channel.calibrated);
  const double hop = played_hz * (speed == 1 ? 1 : kChangedSpeedHopS);
  double due = kWindowS * played_hz;
  int count = 0;
  for (std::size_t i = 0; i < channel.raw.size(); ++i) {
    lead.push(channel.raw[i], channel.is_missing(i));
    if (static_cast<double>(i + 1) < due) continue;
    const double to_s = due / hz, from_s = to_s - kWindowS * speed;
    due += hop;
    ++count;
    bool near = false;
    std::int8_t label = class_in(truth, from_s, to_s, near);
    if (label == kUnknown || (label != kShockable && speed == 1 && count % weights.every != 0)) continue;
    double weight = weights.record * (near ? weights.near : 1);
    if (label == kNoise) {
      weight *= weights.noise;
      label = kOther;
    }
    if (speed != 1 && (near || (speed > 1) == (label == kShockable))) continue;
    const auto window = lead.window();
    if (!window || window->still) continue;
    if (speed < 1) {
      const auto& f = window->features;
      const double bpm = f[dsp::kAcfLag] > 0 ? 60 / static_cast<double>(f[dsp::kAcfLag]) : 0;
      const bool slow = f[dsp::kAcfPeak] > kSteady && bpm < kSlowBpm && bpm > kLeastBpm;
      if (!slow || f[dsp::kLeakage] < kLeastLeakage) continue;
      label = kOther;
    }
    out.push_back({window->features, label, weight});
    // Size must not decide: gains differ between devices.
    out.back().features[dsp::kMeanSize] = 0;
  }
}

bool follows_from_others(dsp::LeadId id) {
  return id == dsp::LeadId::kIII || id == dsp::LeadId::kAVR || id == dsp::LeadId::kAVL ||
         id == dsp::LeadId::kAVF;
}

}  // namespace

const Rows& ShockableModel::rows() const {
  if (rows_.size() > 0) return rows_;
  for (std::string_view feature : dsp::kShockFeatureNames) rows_.feature_names.emplace_back(feature);
  const auto windows = from_windows(data_);
  std::string twin;
  for (const std::string database :
       {"vfdb", "cudb", "mitdb", "nstdb", "cinc2017", "ptbxl", "ludb", "cinc12"}) {
    const Weights weights = weights_of(database);
    for (const std::string& name : data_.names(database)) {
      const std::string patient = data_.patient_of(name);
      if (database == "cudb" && (patient == twin || !windows.contains(patient))) continue;
      twin = patient;
      const auto record = data_.load(name);
      const double hz = record->recording.sampling_frequency.value;
      const bool annotated = database == "vfdb" || database == "mitdb";
      const Truth truth = annotated            ? from_annotations(*record)
                          : database == "cudb" ? windows.at(patient)
                                               : Truth(1, kOther);
      std::vector<Example> examples;
      const bool may_shock = database == "vfdb" || database == "cudb";
      for (const dsp::Channel& channel : dsp::channels_of(record->recording)) {
        if (follows_from_others(channel.id)) continue;
        gather(channel, hz, 1, truth, weights, examples);
        if (may_shock) {
          for (double speed : kSlower) gather(channel, hz, speed, truth, weights, examples);
        } else if (database != "nstdb" && channel.lead % 3 == 0) {
          for (double speed : kFaster) gather(channel, hz, speed, truth, weights, examples);
        }
      }
      // A patient with an hour of fibrillation teaches little more than one with five minutes.
      const auto shocks = static_cast<double>(std::ranges::count(examples, kShockable, &Example::label));
      const double rare = may_shock && shocks > 0 ? std::min(4.0, 3 * std::sqrt(150 / shocks)) : 1;
      for (const Example& e : examples) {
        rows_.add(e.features, e.label, patient,
                  static_cast<float>(e.weight * (e.label == kShockable ? rare : 1)));
      }
    }
  }
  return rows_;
}

TrainedForest ShockableModel::train(const std::function<bool(std::string_view)>& held_out) const {
  const Rows& all = rows();
  std::vector<std::uint8_t> use(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) use[i] = held_out(all.patients[i]) ? 0 : 1;
  TreeParameters parameters;
  parameters.rounds = 120;
  parameters.depth = 5;
  parameters.learning_rate = 0.1;
  parameters.least_child_weight = 10;
  parameters.l2 = 5;
  parameters.row_share = 0.5;
  parameters.column_share = 0.5;
  return train_trees(all, parameters, use);
}

std::string ShockableModel::table(const TrainedForest& forest) const {
  return table_text(forest, "kShockable",
                    "Log odds that 5 s of one lead show ventricular fibrillation, flutter or tachycardia; "
                    "vfdb and cudb against mitdb, nstdb, cinc2017, ptbxl, ludb, cinc12.",
                    rows().feature_names);
}

}  // namespace ecg::accuracy
