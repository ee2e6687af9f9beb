#include "tests/accuracy/train/boosted_trees.h"

#include <charconv>
#include <cmath>
#include <stdexcept>
#include <utility>

#include <nlohmann/json.hpp>
#include <xgboost/c_api.h>

namespace ecg::accuracy {
namespace {

using nlohmann::json;

void check(int status) {
  if (status != 0) throw std::runtime_error(XGBGetLastError());
}

class Matrix {
 public:
  Matrix(const std::vector<float>& features, std::size_t rows, std::size_t columns) {
    check(XGDMatrixCreateFromMat(features.data(), rows, columns, std::nanf(""), &handle_));
  }
  ~Matrix() { XGDMatrixFree(handle_); }
  Matrix(const Matrix&) = delete;
  Matrix& operator=(const Matrix&) = delete;
  void set(const char* field, const std::vector<float>& values) {
    check(XGDMatrixSetFloatInfo(handle_, field, values.data(), values.size()));
  }
  DMatrixHandle handle() const { return handle_; }

 private:
  DMatrixHandle handle_ = nullptr;
};

class Booster {
 public:
  explicit Booster(const Matrix& matrix) {
    DMatrixHandle handle = matrix.handle();
    check(XGBoosterCreate(&handle, 1, &handle_));
  }
  ~Booster() { XGBoosterFree(handle_); }
  Booster(const Booster&) = delete;
  Booster& operator=(const Booster&) = delete;
  void set(const char* name, const std::string& value) {
    check(XGBoosterSetParam(handle_, name, value.c_str()));
  }
  void set(const char* name, double value) { set(name, std::to_string(value)); }
  void step(int round, const Matrix& matrix) {
    check(XGBoosterUpdateOneIter(handle_, round, matrix.handle()));
  }
  std::vector<json> trees() const {
    bst_ulong count = 0;
    const char** texts = nullptr;
    check(XGBoosterDumpModelEx(handle_, "", 0, "json", &count, &texts));
    std::vector<json> out;
    for (bst_ulong i = 0; i < count; ++i) out.push_back(json::parse(texts[i]));
    return out;
  }

 private:
  BoosterHandle handle_ = nullptr;
};

void append(const json& tree, std::vector<dsp::TreeNode>& nodes) {
  const std::size_t at = nodes.size();
  nodes.emplace_back();
  if (tree.contains("leaf")) {
    nodes[at].value = tree["leaf"].get<float>();
    return;
  }
  const int less = tree["yes"].get<int>();
  const json& children = tree["children"];
  const bool less_first = children[0]["nodeid"].get<int>() == less;
  append(children[less_first ? 0 : 1], nodes);
  const std::size_t right = nodes.size() - at;
  append(children[less_first ? 1 : 0], nodes);
  if (right > 0xFFFF) throw std::runtime_error("a tree has too many nodes for the table");
  dsp::TreeNode& node = nodes[at];
  node.value = tree["split_condition"].get<float>();
  node.right = static_cast<std::uint16_t>(right);
  node.feature = static_cast<std::uint8_t>(std::stoi(tree["split"].get<std::string>().substr(1)));
  node.unknown_less = tree["missing"].get<int>() == less ? 1 : 0;
}

// Shortest text that reads back as the same float, always with a point or an exponent.
std::string literal(float value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  std::string out(text, end);
  if (out.find_first_of(".e") == std::string::npos) out += ".0";
  return out + "F";
}

const char* objective(Task task) {
  switch (task) {
    case Task::kBinary:
      return "binary:logistic";
    case Task::kClasses:
      return "multi:softprob";
    case Task::kSquaredError:
      return "reg:squarederror";
    case Task::kAbsoluteError:
      return "reg:absoluteerror";
  }
  return "";
}

// "(1,0,-1)"
std::string constraints(std::span<const int> direction) {
  std::string text;
  for (const int d : direction) text += (text.empty() ? "(" : ",") + std::to_string(d);
  return text + ")";
}

}  // namespace

void Rows::add(std::span<const float> row, float label, std::string_view patient, float weight) {
  features.insert(features.end(), row.begin(), row.end());
  labels.push_back(label);
  weights.push_back(weight);
  patients.emplace_back(patient);
}

TrainedForest train_trees(const Rows& rows, const TreeParameters& parameters,
                          std::span<const std::uint8_t> use) {
  const std::size_t columns = rows.feature_names.size();
  if (columns > 255 || rows.features.size() != rows.size() * columns) {
    throw std::runtime_error("rows and feature names do not fit together");
  }
  std::vector<float> features, labels, weights;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!use.empty() && use[i] == 0) continue;
    const auto row = rows.features.begin() + static_cast<std::ptrdiff_t>(i * columns);
    features.insert(features.end(), row, row + static_cast<std::ptrdiff_t>(columns));
    labels.push_back(rows.labels[i]);
    weights.push_back(rows.weights.empty() ? 1 : rows.weights[i]);
  }
  Matrix matrix(features, labels.size(), columns);
  matrix.set("label", labels);
  matrix.set("weight", weights);
  Booster booster(matrix);
  booster.set("objective", std::string(objective(parameters.task)));
  if (parameters.task == Task::kClasses) booster.set("num_class", std::to_string(parameters.classes));
  booster.set("base_score", parameters.task == Task::kBinary ? 0.5 : 0.0);
  booster.set("tree_method", std::string("hist"));
  booster.set("nthread", std::string("1"));
  booster.set("seed", std::string("1"));
  booster.set("verbosity", std::string("0"));
  booster.set("max_depth", std::to_string(parameters.depth));
  booster.set("eta", parameters.learning_rate);
  booster.set("min_child_weight", parameters.least_child_weight);
  booster.set("lambda", parameters.l2);
  booster.set("subsample", parameters.row_share);
  booster.set("colsample_bytree", parameters.column_share);
  if (!parameters.direction.empty()) booster.set("monotone_constraints", constraints(parameters.direction));
  for (int round = 0; round < parameters.rounds; ++round) booster.step(round, matrix);

  TrainedForest forest;
  forest.outputs = parameters.task == Task::kClasses ? parameters.classes : 1;
  for (const json& tree : booster.trees()) {
    forest.roots.push_back(static_cast<std::uint32_t>(forest.nodes.size()));
    append(tree, forest.nodes);
  }
  return forest;
}

std::string table_text(const TrainedForest& forest, std::string_view symbol, std::string_view about,
                       std::span<const std::string> feature_names) {
  const std::string name(symbol);
  std::string out =
      "// " + std::string(about) + "\n// Trained by tests/accuracy/train; not edited by hand. Features:";
  for (std::size_t i = 0; i < feature_names.size(); ++i) {
    out += (i % 6 == 0 ? "\n//  " : "") + (" " + std::to_string(i) + " " + feature_names[i]) +
           (i + 1 < feature_names.size() ? "," : "\n");
  }
  out += "// clang-format off\nconstexpr TreeNode " + name + "Nodes[] = {\n";
  for (std::size_t i = 0; i < forest.nodes.size(); ++i) {
    const dsp::TreeNode& node = forest.nodes[i];
    out += "{" + literal(node.value);
    if (node.right != 0) {
      out += "," + std::to_string(node.right) + "," + std::to_string(node.feature);
      if (node.unknown_less != 0) out += ",1";
    }
    out += i % 8 == 7 ? "},\n" : "},";
  }
  out += "};\nconstexpr std::uint32_t " + name + "Roots[] = {\n";
  for (std::size_t i = 0; i < forest.roots.size(); ++i) {
    out += std::to_string(forest.roots[i]) + (i % 20 == 19 ? ",\n" : ",");
  }
  out += "};\n// clang-format on\nconstexpr Forest " + name + "{" + name + "Nodes, " + name + "Roots, " +
         std::to_string(forest.outputs) + ", " + literal(forest.base) + "};\n";
  return out;
}

int fold_of(std::string_view patient, int folds) {
  std::uint32_t hash = 2166136261U;  // FNV-1a
  for (const char c : patient) hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619U;
  hash ^= hash >> 15;
  return static_cast<int>(hash % static_cast<std::uint32_t>(folds));
}

}  // namespace ecg::accuracy
