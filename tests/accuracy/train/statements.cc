#include "tests/accuracy/train/statements.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <optional>

#include "dsp/interpret/learned.h"
#include "tests/accuracy/data/table.h"
#include "tests/accuracy/score/statement_truth.h"

namespace ecg::accuracy {
namespace {

// A feature that is used; direction as in TreeParameters. Few cases bear only what is known to tell.
struct Use {
  std::string_view feature;
  int direction = 0;
};

const std::vector<Use>& signs_of_infarction() {
  static const std::vector<Use> kUses = {
      {"inferior_q_ms", 1},
      {"septal_q_ms", 1},
      {"lateral_q_ms", 1},
      {"inferior_q_to_r", 1},
      {"inferior_t_neg_uv", 1},
      {"anterior_t_neg_uv", 1},
      {"r_loss_uv", 1},
      {"inferior_start_uvs", 1},
      {"anterior_start_uvs", 1},
      {"fragments", 1},
      {"inferior_q", 1},
      {"anterior_q", 1},
      {"lateral_q", 1},
      {"least_r_v2_v4_uv", -1},
      {"limb_qrs_uv", -1},
      {"lowest_t_uv", -1},
      {"highest_st_j_uv"},
      {"deepest_st_j60_uv"},
      {"qrs_ms"},
      {"qrs_t_angle_deg"},
      {"qrs_axis_deg"},
      {"t_axis_deg"},
      {"ventricular_rate_bpm"},
      {"age", 1},
      {"V1 r_uv"},
      {"V2 r_uv"},
      {"V3 r_uv"},
      {"V4 q_uv", 1},
      {"aVF q_uv", 1},
      {"III q_ms", 1},
      {"aVF q_ms", 1},
      {"aVL t_neg_uv", 1},
      {"V1 t_pos_uv"},
      {"V2 st_j60_uv"},
      {"V6 r_uv"},
      {"V3 s_uv"},
  };
  return kUses;
}

// What is learned, from which class of the scorer.
struct Subject {
  std::string_view name, symbol, about, statement_class;
  dsp::Forest dsp::Models::*member;
  TreeParameters trees;
  std::vector<Use> uses = {};  // empty: every feature
};

TreeParameters trees(int rounds, int depth, double learning_rate) {
  TreeParameters out;
  out.rounds = rounds;
  out.depth = depth;
  out.learning_rate = learning_rate;
  out.row_share = 0.7;
  out.column_share = 0.3;
  out.least_child_weight = 2;
  out.l2 = 2;
  return out;
}

const std::vector<Subject>& subjects() {
  static const std::vector<Subject> kSubjects = {
      {"statement_lvh", "kStatementLvh",
       "Log odds of left ventricular hypertrophy, from PTB-XL, LUDB and the samples of the CinC challenges.",
       "LVH", &dsp::Models::statement_lvh, trees(120, 2, 0.08)},
      {"statement_infarction", "kStatementInfarction",
       "Log odds of an infarction of any age, from PTB-XL, LUDB and the samples of the CinC challenges.",
       "MI", &dsp::Models::statement_infarction, trees(120, 3, 0.06), signs_of_infarction()},
      {"statement_normal", "kStatementNormal", "Log odds of a normal ECG, from PTB-XL.", "NORMAL",
       &dsp::Models::statement_normal, trees(100, 3, 0.06)},
  };
  return kSubjects;
}

struct Example {
  std::string patient;
  const ReferenceCodes* codes = nullptr;
  std::string database;
  dsp::StatementFeatures features;
  std::optional<double> age;  // from the table of labels where the recording itself does not say
};

// Ages of PTB-XL by record name; the table writes 300 for everyone over 89.
std::map<std::string, double> ptbxl_ages(Library& data) {
  std::map<std::string, double> out;
  if (!data.has("ptbxl")) return out;
  for (const TableRow& row : read_table(data.root() + "/ptbxl/ptbxl_database.csv")) {
    double age = 0;
    const std::string& text = row.at("age");
    if (std::from_chars(text.data(), text.data() + text.size(), age).ec != std::errc{}) continue;
    const std::string& file = row.at("filename_hr");
    out["ptbxl/records500/" + file.substr(file.rfind('/') + 1)] = std::min(age, 90.0);
  }
  return out;
}

// The analysis of every labelled record, made once.
class Examples {
 public:
  explicit Examples(Library& data) : data_(data) {}

  const std::vector<Example>& all() {
    if (!made_) make();
    return examples_;
  }

 private:
  void make() {
    made_ = true;
    codes_ = reference_statements(data_);
    const auto ages = ptbxl_ages(data_);
    for (const auto& [name, codes] : codes_) {
      const auto record = data_.load(name);
      const dsp::Analysis analysis = dsp::analyze(record->recording, record->options);
      std::vector<dsp::LeadFacts> leads;
      for (const auto& lead : analysis.leads) {
        if (!lead.shape) continue;
        leads.push_back({record->recording.leads[static_cast<std::size_t>(lead.lead)].id, *lead.shape});
      }
      constexpr std::size_t kEnough = 12;
      if (leads.size() < kEnough) continue;
      Example example{record->patient,
                      &codes,
                      record->database,
                      dsp::statement_features(analysis.measurements, leads, record->options.age_years),
                      {}};
      if (const auto found = ages.find(name); found != ages.end()) example.age = found->second;
      examples_.push_back(std::move(example));
    }
  }

  Library& data_;
  bool made_ = false;
  std::map<std::string, ReferenceCodes> codes_;
  std::vector<Example> examples_;
};

class StatementModel : public LearnedModel {
 public:
  StatementModel(const Subject& subject, std::shared_ptr<Examples> examples)
      : subject_(subject), examples_(std::move(examples)) {}

  std::string_view name() const override { return subject_.name; }

  TrainedForest train(const std::function<bool(std::string_view patient)>& held_out) const override {
    Rows rows;
    rows.feature_names = dsp::statement_feature_names();
    for (const Example& example : examples_->all()) {
      const auto label = truth(wanted(), example.database, *example.codes);
      if (!label || held_out(example.patient)) continue;
      const float value = *label ? 1 : 0;
      if (!example.age) {
        rows.add(used(example.features), value, example.patient);
        continue;
      }
      // With and without the age, so that the score knows both and age is not a mark of the database.
      dsp::StatementFeatures aged = example.features;
      aged.back() = static_cast<float>(*example.age);
      rows.add(used(example.features), value, example.patient, 0.5F);
      rows.add(used(aged), value, example.patient, 0.5F);
    }
    TreeParameters parameters = subject_.trees;
    if (!subject_.uses.empty()) {
      parameters.column_share = 0.7;
      for (const std::string& name : rows.feature_names) {
        const auto use = std::ranges::find(subject_.uses, std::string_view(name), &Use::feature);
        parameters.direction.push_back(use == subject_.uses.end() ? 0 : use->direction);
      }
    }
    return train_trees(rows, parameters);
  }

  void install(dsp::Models& models, const dsp::Forest& forest) const override {
    models.*subject_.member = forest;
  }

  std::string table(const TrainedForest& forest) const override {
    return table_text(forest, subject_.symbol, subject_.about, dsp::statement_feature_names());
  }

 private:
  // The features the model may look at; the others are missing.
  dsp::StatementFeatures used(const dsp::StatementFeatures& all) const {
    if (subject_.uses.empty()) return all;
    dsp::StatementFeatures out;
    out.fill(std::numeric_limits<float>::quiet_NaN());
    const std::vector<std::string> names = dsp::statement_feature_names();
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (std::ranges::find(subject_.uses, std::string_view(names[i]), &Use::feature) != subject_.uses.end())
        out[i] = all[i];
    }
    return out;
  }

  const StatementClass& wanted() const {
    for (const StatementClass& one : statement_classes()) {
      if (one.name == subject_.statement_class) return one;
    }
    return statement_classes().front();
  }

  const Subject& subject_;
  std::shared_ptr<Examples> examples_;
};

}  // namespace

std::vector<std::unique_ptr<LearnedModel>> statement_models(Library& data) {
  const auto examples = std::make_shared<Examples>(data);
  std::vector<std::unique_ptr<LearnedModel>> out;
  for (const Subject& subject : subjects())
    out.push_back(std::make_unique<StatementModel>(subject, examples));
  return out;
}

}  // namespace ecg::accuracy
