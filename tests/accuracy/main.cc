// accuracy [TOPIC...]: scores the analysis on the recordings of ECG_DATA_DIR.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <sstream>

#include <CLI/CLI.hpp>

#include "tests/accuracy/topics.h"

namespace ecg::accuracy {
namespace {

constexpr int kScored = 0, kBadUse = 2, kSkipped = 77;

std::string what_is_missing(const Library& data, const Topic& topic) {
  std::istringstream words{std::string(topic.databases)};
  for (std::string database; words >> database;)
    if (!data.has(database)) return data.root() + "/" + database;
  return "";
}

struct Wishes {
  std::vector<std::string> topics;
  std::string data;
  bool verbose = false;
};

void print_report(const Topic& topic, const Report& report, double seconds) {
  std::printf("== %s: %s (%.1f s)\n%s\n", std::string(topic.name).c_str(), std::string(topic.about).c_str(),
              seconds, report.text.c_str());
  std::fflush(stdout);
}

int run(const Wishes& wishes) {
  std::unique_ptr<Library> data;
  if (!wishes.data.empty()) data = std::make_unique<Library>(wishes.data);
  int skipped = 0, scored = 0;
  for (const Topic& topic : topics()) {
    if (!wishes.topics.empty() && std::ranges::find(wishes.topics, topic.name) == wishes.topics.end())
      continue;
    const std::string missing = topic.databases.empty() ? ""
                                : data                  ? what_is_missing(*data, topic)
                                                        : "ECG_DATA_DIR";
    if (!missing.empty()) {
      std::printf("SKIPPED %s: %s is not there\n", std::string(topic.name).c_str(), missing.c_str());
      ++skipped;
      continue;
    }
    const auto began = std::chrono::steady_clock::now();
    const Context context = {
        data.get(), [](const Record& record) { return dsp::analyze(record.recording, record.options); },
        wishes.verbose};
    const Report report = topic.score(context);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - began;
    print_report(topic, report, seconds.count());
    ++scored;
  }
  if (scored == 0 && skipped > 0) return kSkipped;
  return kScored;
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
  CLI11_PARSE(app, argc, argv);
  try {
    return run(wishes);
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "accuracy: %s\n", fault.what());
    return kBadUse;
  }
}
