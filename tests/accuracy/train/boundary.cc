#include "tests/accuracy/train/boundary.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <mutex>

#include "dsp/delineate/shape_waves.h"
#include "tests/accuracy/data/annotations.h"
#include "tests/accuracy/score/report.h"
#include "tests/accuracy/score/wave_list.h"

namespace ecg::accuracy {
namespace {

using dsp::Boundary;

struct Target {
  const char* name;
  const char* about;
  const char* symbol;
  dsp::Wave wave;
  std::size_t which;
  double earliest_ms, latest_ms;  // of the wave's peak from R
  dsp::Forest dsp::Models::*member;
};

constexpr double kFarthestMs = 150;

constexpr std::array<Target, dsp::kBoundaries> kTargets = {{
    {"boundary_p_onset", "onset of P", "kBoundaryPOnset", dsp::Wave::kP, kOnset, -400, 0,
     &dsp::Models::boundary_p_onset},
    {"boundary_p_offset", "end of P", "kBoundaryPOffset", dsp::Wave::kP, kOffset, -400, 0,
     &dsp::Models::boundary_p_offset},
    {"boundary_qrs_onset", "onset of QRS", "kBoundaryQrsOnset", dsp::Wave::kQrs, kOnset, -100, 100,
     &dsp::Models::boundary_qrs_onset},
    {"boundary_qrs_offset", "end of QRS", "kBoundaryQrsOffset", dsp::Wave::kQrs, kOffset, -100, 100,
     &dsp::Models::boundary_qrs_offset},
    {"boundary_t_onset", "onset of T", "kBoundaryTOnset", dsp::Wave::kT, kOnset, 60, 600,
     &dsp::Models::boundary_t_onset},
    {"boundary_t_offset", "end of T", "kBoundaryTOffset", dsp::Wave::kT, kOffset, 60, 600,
     &dsp::Models::boundary_t_offset},
}};

// The mark that belongs to the beat at r, ms from R; NaN when there is none.
double mark_near(const WaveList& waves, const Target& target, double r, double anchor, double ms) {
  double best = std::numeric_limits<double>::quiet_NaN();
  for (const MarkedWave& wave : waves) {
    if (wave.wave != target.wave || !wave.at[kPeak] || !wave.at[target.which]) continue;
    const double peak = (*wave.at[kPeak] - r) * ms, at = (*wave.at[target.which] - r) * ms;
    if (peak < target.earliest_ms || peak > target.latest_ms || std::abs(at - anchor) > kFarthestMs) continue;
    if (std::isnan(best) || std::abs(at - anchor) < std::abs(best - anchor)) best = at;
  }
  return best;
}

std::vector<WaveList> marked_leads(const Record& record) {
  std::vector<WaveList> leads;
  const double hz = record.recording.sampling_frequency.value;
  for (const dsp::Lead& lead : record.recording.leads) {
    std::string extension(dsp::lead_name(lead.id));
    std::ranges::transform(extension, extension.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    leads.push_back(waves_of(read_annotations(record.path + "." + extension, hz)));
  }
  return leads;
}

void add_rows(const Record& record, std::array<Rows, dsp::kBoundaries>& all) {
  const std::vector<WaveList> marks = marked_leads(record);
  const double ms = 1000 / record.recording.sampling_frequency.value;
  for (const dsp::BoundaryExamples& shape : boundary_examples(record.recording, record.options)) {
    for (const dsp::BoundaryRow& row : shape.rows) {
      if (static_cast<std::size_t>(row.lead) >= marks.size()) continue;
      const auto boundary = static_cast<std::size_t>(row.boundary);
      std::vector<double> places;
      for (const dsp::SampleIndex r : shape.r_peaks) {
        const double at = mark_near(marks[static_cast<std::size_t>(row.lead)], kTargets[boundary],
                                    static_cast<double>(r), static_cast<double>(row.anchor), ms);
        if (!std::isnan(at)) places.push_back(at);
      }
      if (places.empty()) continue;
      const double outwards = kTargets[boundary].which == kOnset ? -1 : 1;
      const double label = (median(places) - static_cast<double>(row.anchor)) * outwards;
      all[boundary].add(row.features, static_cast<float>(label), record.patient,
                        std::sqrt(static_cast<float>(places.size())));
    }
  }
}

// One example per boundary, lead and beat shape: features as the analysis makes them, and how far outwards
// the median mark over the beats of that shape lies from where the correction starts. Made when first asked.
class Examples {
 public:
  explicit Examples(Library& data) : data_(data) {}

  const Rows& of(std::size_t boundary) {
    std::call_once(made_, [this] {
      for (Rows& rows : all_) rows.feature_names = dsp::boundary_feature_names();
      for (const std::string& name : data_.names("ludb")) add_rows(*data_.load(name), all_);
    });
    return all_[boundary];
  }

 private:
  Library& data_;
  std::once_flag made_;
  std::array<Rows, dsp::kBoundaries> all_;
};

class BoundaryModel : public LearnedModel {
 public:
  BoundaryModel(const Target& target, std::shared_ptr<Examples> rows, std::size_t boundary)
      : target_(target), rows_(std::move(rows)), boundary_(boundary) {}

  std::string_view name() const override { return target_.name; }

  TrainedForest train(const std::function<bool(std::string_view)>& held_out) const override {
    const Rows& rows = rows_->of(boundary_);
    std::vector<std::uint8_t> use;
    for (const std::string& patient : rows.patients) use.push_back(held_out(patient) ? 0 : 1);
    return train_trees(rows,
                       {.task = Task::kSquaredError,
                        .rounds = 80,
                        .depth = 4,
                        .learning_rate = 0.08,
                        .least_child_weight = 10,
                        .row_share = 0.6,
                        .column_share = 0.4},
                       use);
  }

  void install(dsp::Models& models, const dsp::Forest& forest) const override {
    models.*target_.member = forest;
  }

  std::string table(const TrainedForest& forest) const override {
    return table_text(forest, target_.symbol,
                      std::string("Milliseconds outwards to the ") + target_.about +
                          " in one lead; trained on the marks of ludb.",
                      rows_->of(boundary_).feature_names);
  }

 private:
  const Target& target_;
  std::shared_ptr<Examples> rows_;
  std::size_t boundary_;
};

}  // namespace

std::vector<std::unique_ptr<LearnedModel>> boundary_models(Library& data) {
  const auto rows = std::make_shared<Examples>(data);
  std::vector<std::unique_ptr<LearnedModel>> models;
  for (std::size_t b = 0; b < dsp::kBoundaries; ++b)
    models.push_back(std::make_unique<BoundaryModel>(kTargets[b], rows, b));
  return models;
}

}  // namespace ecg::accuracy
