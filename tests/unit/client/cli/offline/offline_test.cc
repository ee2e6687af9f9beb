#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "client/cli/offline/analyze.h"
#include "client/cli/offline/convert.h"
#include "client/cli/offline/info.h"
#include "client/cli/offline/offline_commands.h"
#include "common/formats/csv.h"
#include "common/formats/wfdb.h"

namespace ecg::cli {
namespace {

constexpr int kHz = 500;
constexpr int kBeatEvery = 400;  // 75 per minute
constexpr int kFirstBeat = 200;

// Ten seconds of two leads with a plain P-QRS-T at known places.
formats::ImportedRecording made_recording() {
  formats::ImportedRecording out;
  out.recording.sampling_frequency = {kHz};
  const auto wave = [](double t, double at, double width, double height) {
    return height * std::exp(-0.5 * (t - at) * (t - at) / (width * width));
  };
  for (int k = 0; k < 2; ++k) {
    dsp::Lead lead;
    lead.id = k == 0 ? dsp::LeadId::kI : dsp::LeadId::kII;
    lead.label = k == 0 ? "I" : "II";
    lead.uv_per_lsb = 1;
    for (int i = 0; i < 10 * kHz; ++i) {
      const double t = static_cast<double>((i - kFirstBeat + 10 * kBeatEvery + kBeatEvery / 2) % kBeatEvery) -
                       kBeatEvery / 2.0;
      lead.samples.push_back(static_cast<std::int32_t>(std::lround(
          wave(t, -80, 12, 120) + wave(t, 0, 6, 1100) + wave(t, 12, 5, -200) + wave(t, 140, 25, 280))));
    }
    out.recording.leads.push_back(lead);
  }
  out.patient.sex = dsp::Sex::kMale;
  out.patient.age_years = 55;
  return out;
}

class Offline : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "ecg-offline-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    const auto files = formats::write_wfdb(made_recording(), "rec");
    ASSERT_TRUE(files.ok());
    for (const auto& file : *files)
      std::ofstream(folder_ / file.name, std::ios::binary)
          .write(reinterpret_cast<const char*>(file.bytes.data()), std::ssize(file.bytes));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string content(const std::string& name) const {
    std::ifstream file(folder_ / name, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  int analyze(AnalyzeOptions options) {
    out_.str("");
    err_.str("");
    if (options.file.empty()) options.file = path("rec.hea");
    return run_analyze(options, out_, err_);
  }

  std::filesystem::path folder_;
  std::ostringstream out_, err_;
};

TEST_F(Offline, BeatsAreLinesOfSampleAndClassAtTheFilesOwnFrequency) {
  AnalyzeOptions options;
  options.beats = "-";
  ASSERT_EQ(analyze(options), 0) << err_.str();
  std::istringstream lines(out_.str());
  std::string line;
  int found = 0;
  while (std::getline(lines, line)) {
    const auto comma = line.find(',');
    ASSERT_NE(comma, std::string::npos) << line;
    ASSERT_NE(std::string("NSVFQ").find(line.substr(comma + 1)), std::string::npos) << line;
    const int off = (std::stoi(line) - kFirstBeat + kBeatEvery / 2) % kBeatEvery - kBeatEvery / 2;
    EXPECT_LE(std::abs(off), kHz / 20) << line;  // within 50 ms of the R peak
    ++found;
  }
  EXPECT_GE(found, 11);  // 12 are there
  EXPECT_LE(found, 12);
}

TEST_F(Offline, DelineationNamesRecordLeadAndWave) {
  AnalyzeOptions options;
  options.delineation = path("waves.csv");
  ASSERT_EQ(analyze(options), 0) << err_.str();
  const std::string text = content("waves.csv");
  EXPECT_NE(text.find("rec,i,QRS,"), std::string::npos);
  EXPECT_NE(text.find("rec,ii,T,"), std::string::npos);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    EXPECT_EQ(std::count(line.begin(), line.end(), ','), 5) << line;
  EXPECT_FALSE(out_.str().empty());  // the summary, since standard output was free
}

TEST_F(Offline, JsonHoldsWhatTheScorersRead) {
  AnalyzeOptions options;
  options.json = true;
  ASSERT_EQ(analyze(options), 0) << err_.str();
  const auto json = nlohmann::json::parse(out_.str());
  EXPECT_EQ(json["schema"], "ecg.analysis");
  EXPECT_EQ(json["record"]["id"], "rec");
  EXPECT_EQ(json["record"]["fs"], 500);
  EXPECT_EQ(json["record"]["leads"], (std::vector<std::string>{"I", "II"}));
  EXPECT_EQ(json["record"]["duration_s"], 10);
  EXPECT_NEAR(json["rate"]["ventricular"].get<double>(), 75, 1);
  for (const char* name : {"P", "PR", "QRS", "QT", "QTc"})
    EXPECT_TRUE(json["intervals"].contains(name)) << name;
  for (const char* name : {"P", "QRS", "T"}) {
    ASSERT_TRUE(json["axes"].contains(name));
    if (json["axes"][name].is_null()) {
      EXPECT_TRUE(json["missing"].contains(std::string("axes.") + name));
    }
  }
  EXPECT_TRUE(json["rhythm"]["code"].is_string());
  for (const auto& part : json["rhythm"]["intervals"]) EXPECT_LT(part["start"], part["end"]);
  for (const auto& statement : json["statements"])
    for (const char* name : {"code", "text", "certainty", "rule", "version", "evidence"})
      EXPECT_TRUE(statement.contains(name)) << name;
  EXPECT_EQ(json["quality"].size(), 2u);
  EXPECT_TRUE(json["priority"].contains("level"));
  EXPECT_EQ(json["algorithm"]["name"], "ecg-dsp");
}

TEST_F(Offline, SameFileGivesTheSameBytes) {
  AnalyzeOptions options;
  options.json = true;
  ASSERT_EQ(analyze(options), 0);
  const std::string first = out_.str();
  ASSERT_EQ(analyze(options), 0);
  EXPECT_EQ(out_.str(), first);
}

TEST_F(Offline, OneLeadIsChosenByItsNumberFromOne) {
  AnalyzeOptions options;
  options.json = true;
  options.lead = "2";
  ASSERT_EQ(analyze(options), 0) << err_.str();
  EXPECT_EQ(nlohmann::json::parse(out_.str())["record"]["leads"], (std::vector<std::string>{"II"}));
  for (const char* wrong : {"0", "3", "x", ""}) {
    options.lead = wrong;
    EXPECT_EQ(analyze(options), 2) << wrong;
  }
}

TEST_F(Offline, ExitCodesTellWhatWentWrong) {
  AnalyzeOptions options;
  options.file = path("none.hea");
  EXPECT_EQ(analyze(options), 3);
  EXPECT_NE(err_.str().find("error[E3001]"), std::string::npos) << err_.str();
  options.file = path("rec.dat");
  EXPECT_EQ(analyze(options), 1);
  std::filesystem::resize_file(folder_ / "rec.dat", 100);
  options.file = path("rec.hea");
  options.json = true;
  EXPECT_EQ(analyze(options), 1);
  EXPECT_EQ(nlohmann::json::parse(out_.str())["code"], "E3004");
  options = {};
  options.json = true;
  options.beats = "-";
  EXPECT_EQ(analyze(options), 2);
  options = {};
  options.mains_hz = 55;
  EXPECT_EQ(analyze(options), 2);
}

TEST_F(Offline, SummaryIsInTheLanguageAskedFor) {
  AnalyzeOptions options;
  ASSERT_EQ(analyze(options), 0);
  EXPECT_NE(out_.str().find("Automatic result, not a signed report"), std::string::npos);
  options.language = Language::kChinese;
  ASSERT_EQ(analyze(options), 0);
  EXPECT_NE(out_.str().find("自动分析结果，非签发报告"), std::string::npos);
}

TEST_F(Offline, ConversionKeepsEverySampleAndNeverOverwritesUnasked) {
  ConvertOptions options;
  options.in = path("rec.hea");
  options.out = path("copy.csv");
  ASSERT_EQ(run_convert(options, out_, err_), 0) << err_.str();
  EXPECT_EQ(content("copy.csv"), formats::write_csv(made_recording().recording));
  EXPECT_EQ(run_convert(options, out_, err_), 6);
  options.replace = true;
  EXPECT_EQ(run_convert(options, out_, err_), 0);
  options.in = path("copy.csv");
  options.out = path("back.hea");
  ASSERT_EQ(run_convert(options, out_, err_), 0) << err_.str();
  EXPECT_EQ(content("back.dat"), content("rec.dat"));
}

TEST_F(Offline, ConversionThatWouldLoseSamplesIsRefusedAndLeavesNoFile) {
  auto wide = made_recording().recording;
  wide.leads[0].samples[7] = 40000;
  std::ofstream(folder_ / "wide.csv") << formats::write_csv(wide);
  ConvertOptions options;
  options.in = path("wide.csv");
  options.out = path("narrow.hea");
  EXPECT_EQ(run_convert(options, out_, err_), 1);
  EXPECT_NE(err_.str().find("E3009"), std::string::npos) << err_.str();
  EXPECT_FALSE(std::filesystem::exists(folder_ / "narrow.hea"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "narrow.dat"));
  options.out = path("narrow.xyz");
  EXPECT_EQ(run_convert(options, out_, err_), 2);
}

TEST_F(Offline, InfoShowsLeadsAndOddities) {
  InfoOptions options;
  options.file = path("rec.hea");
  options.json = true;
  ASSERT_EQ(run_info(options, out_, err_), 0) << err_.str();
  const auto json = nlohmann::json::parse(out_.str());
  EXPECT_EQ(json["record"]["format"], "WFDB");
  EXPECT_EQ(json["leads"].size(), 2u);
  EXPECT_EQ(json["leads"][0]["uv_per_lsb"], 1);
  EXPECT_EQ(json["patient"]["sex"], "male");
  EXPECT_TRUE(json["oddities"].empty());
}

TEST_F(Offline, CommandLineReachesTheFunctions) {
  CLI::App app;
  app.fallthrough();
  bool json = false;
  Language language = Language::kEnglish;
  int exit_code = -1;
  app.add_flag("--json", json);
  add_offline_commands(app, json, language, exit_code);
  ::testing::internal::CaptureStdout();
  app.parse("info \"" + path("rec.hea") + "\" --json");
  EXPECT_EQ(nlohmann::json::parse(::testing::internal::GetCapturedStdout())["schema"], "ecg.info");
  EXPECT_EQ(exit_code, 0);
  EXPECT_THROW(app.parse("analyze"), CLI::ParseError);
  EXPECT_THROW(app.parse("analyze a b"), CLI::ParseError);
}

}  // namespace
}  // namespace ecg::cli
