// accuracy [TOPIC...]: scores the analysis on the recordings of ECG_DATA_DIR. accuracy --train trains its
// learned parts.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>

#include <CLI/CLI.hpp>

#include "tests/accuracy/document.h"
#include "tests/accuracy/folds.h"
#include "tests/accuracy/limits.h"
#include "tests/accuracy/topics.h"
#include "tests/accuracy/train/registry.h"

namespace ecg::accuracy {
namespace {

constexpr int kScored = 0, kFailed = 1, kBadUse = 2, kSkipped = 77;

struct Wishes {
  std::vector<std::string> topics;
  std::string data;
  bool verbose = false;
  bool cross_validate = false;
  int folds = 5;
  std::vector<std::string> models;  // beginnings of the names of those trained for --cv; empty: all
  std::optional<Check> check;
  std::string document;            // Markdown that takes the figures
  std::vector<std::string> train;  // models
  std::string tables = "dsp/model";
};

std::string what_is_missing(Library* data, const Topic& topic) {
  if (topic.databases.empty()) return "";
  if (data == nullptr) return "ECG_DATA_DIR is not set";
  std::istringstream words{std::string(topic.databases)};
  for (std::string database; words >> database;)
    if (!data->has(database)) return data->root() + "/" + database + " does not exist";
  return "";
}

Report timed(const Topic& topic, const Context& context, const char* how) {
  const auto began = std::chrono::steady_clock::now();
  Report report = topic.score(context);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;
  std::printf("== %s%s: %s (%.1f s)\n%s\n", topic.name.data(), how, topic.about.data(), seconds.count(),
              report.text.c_str());
  std::fflush(stdout);
  return report;
}

bool within_limits(const Topic& topic, const Report& report, std::optional<Check> check) {
  if (!check) return true;
  const Verdict verdict = judge(topic.name, report.figures, *check);
  std::printf("%s\n", verdict.text.c_str());
  return verdict.passed;
}

std::vector<std::unique_ptr<LearnedModel>> models_to_cross_validate(const Wishes& wishes, Library& data) {
  auto models = learned_models(data);
  if (wishes.models.empty()) return models;
  std::erase_if(models, [&wishes](const auto& model) {
    return std::ranges::none_of(
        wishes.models, [&model](const std::string& name) { return model->name().starts_with(name); });
  });
  return models;
}

int score(const Wishes& wishes, Library* data) {
  std::optional<Folds> folds;
  int skipped = 0, scored = 0;
  bool passed = true;
  std::map<std::string, TopicFigures> figures;
  for (const Topic& topic : topics()) {
    if (!wishes.topics.empty() && std::ranges::find(wishes.topics, topic.name) == wishes.topics.end())
      continue;
    const std::string missing = what_is_missing(data, topic);
    if (!missing.empty()) {
      std::printf("SKIPPED %s: %s\n", topic.name.data(), missing.c_str());
      ++skipped;
      continue;
    }
    const auto built_in = [](const Record& r) { return dsp::analyze(r.recording, r.options); };
    Report report = timed(topic, {data, built_in, wishes.verbose}, "");
    TopicFigures& kept = figures[std::string(topic.name)];
    kept.measured = report.figures;
    if (wishes.cross_validate && data != nullptr && !topic.databases.empty()) {
      if (!folds) folds.emplace(models_to_cross_validate(wishes, *data), wishes.folds);
      // Where tables are scored on what they were trained on, this is the figure that counts.
      report = timed(topic, {data, folds->analyzer(), wishes.verbose}, ", cross-validated by patient");
      kept.cross_validated = report.figures;
    }
    passed = within_limits(topic, report, wishes.check) && passed;
    ++scored;
  }
  if (!wishes.document.empty()) write_figures(wishes.document, figures);
  if (!passed) return kFailed;
  return scored == 0 && skipped > 0 ? kSkipped : kScored;
}

int train(const Wishes& wishes, Library& data) {
  std::vector<std::string> left = wishes.train;
  for (const auto& model : learned_models(data)) {
    const std::string name(model->name());
    if (std::erase(left, name) == 0) continue;
    const std::string path = wishes.tables + "/" + name + ".inc";
    const std::string table = model->table(model->train([](std::string_view) { return false; }));
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << table;
    file.close();
    if (!file) throw std::runtime_error(path + " cannot be written; run this from the project's root");
    std::printf("%s: %zu bytes\n", path.c_str(), table.size());
  }
  if (left.empty()) return kScored;
  std::fprintf(stderr, "accuracy: no learned part is called %s\n", left.front().c_str());
  return kBadUse;
}

int run(const Wishes& wishes) {
  std::unique_ptr<Library> data;
  if (!wishes.data.empty()) data = std::make_unique<Library>(wishes.data);
  if (wishes.train.empty()) return score(wishes, data.get());
  if (data) return train(wishes, *data);
  std::fprintf(stderr, "accuracy: training needs ECG_DATA_DIR\n");
  return kFailed;
}

}  // namespace
}  // namespace ecg::accuracy

int main(int argc, char** argv) {
  using namespace ecg::accuracy;
  CLI::App app{"Scores the ECG analysis on public recordings"};
  Wishes wishes;
  if (const char* folder = std::getenv("ECG_DATA_DIR")) wishes.data = folder;
  std::vector<std::string> names;
  for (const Topic& topic : topics()) names.emplace_back(topic.name);
  app.add_option("TOPIC", wishes.topics, "What to score; everything without")->check(CLI::IsMember(names));
  app.add_option("--data", wishes.data, "Folder with the recordings (default: ECG_DATA_DIR)");
  app.add_flag("-v,--verbose", wishes.verbose, "Also one line per record, or every miss");
  app.add_flag("--cv", wishes.cross_validate,
               "Also score with learned parts that were trained without the recording's patient");
  app.add_option("--folds", wishes.folds, "Parts the patients are divided into for --cv")
      ->check(CLI::Range(2, 50))
      ->capture_default_str();
  app.add_option(
      "--models", wishes.models,
      "With --cv: train only learned parts whose names begin so; the others are the built-in ones");
  auto* floors = app.add_flag_callback(
      "--floors", [&wishes] { wishes.check = Check::kFloors; }, "Fail below the floors");
  app.add_flag_callback(
         "--held", [&wishes] { wishes.check = Check::kHeld; }, "Fail below what has been reached so far")
      ->excludes(floors);
  app.add_option("--write-doc", wishes.document, "Put the figures into this Markdown file");
  app.add_option("--train", wishes.train, "Train these learned parts on everything and write their tables");
  app.add_option("--tables", wishes.tables, "Where --train writes")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    return run(wishes);
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "accuracy: %s\n", fault.what());
    return kBadUse;
  }
}
