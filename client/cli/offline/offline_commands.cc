#include "client/cli/offline/offline_commands.h"

#include <iostream>
#include <memory>

#include <unistd.h>

#include "client/cli/offline/analyze.h"
#include "client/cli/offline/convert.h"
#include "client/cli/offline/info.h"

namespace ecg::cli {
namespace {

void add_analyze(CLI::App& app, const bool& json, const Language& language, int& exit_code) {
  auto* command = app.add_subcommand("analyze", "Analyse a recording in a file (WFDB .hea, SCP-ECG, CSV)");
  command->footer(
      "Examples:\n"
      "  ecgctl analyze RECORD.hea                         a summary for people\n"
      "  ecgctl analyze RECORD.scp --json                  everything, as one JSON object\n"
      "  ecgctl analyze RECORD.hea --lead 1 --beats -      beats of the first signal, as sample,class\n");
  auto options = std::make_shared<AnalyzeOptions>();
  command->add_option("FILE", options->file, "The recording; of a WFDB record its .hea file")->required();
  command->add_option("--beats", options->beats,
                      "Write beats as CSV lines sample,class; - is standard output");
  command->add_option("--delineation", options->delineation,
                      "Write wave boundaries as CSV lines rec,lead,wave,on,peak,off; - is standard output");
  command->add_option("--lead", options->lead, "Use one signal only, counted from 1, or all")
      ->capture_default_str();
  command->add_option("--mains", options->mains_hz, "Mains frequency to remove: 50, 60, or 0 for none")
      ->capture_default_str();
  command->callback([options, &json, &language, &exit_code] {
    options->json = json;
    options->language = language;
    options->progress = isatty(STDERR_FILENO) == 1;
    exit_code = run_analyze(*options, std::cout, std::cerr);
  });
}

void add_convert(CLI::App& app, const bool& json, const Language& language, int& exit_code) {
  auto* command = app.add_subcommand("convert", "Convert a recording; refuses what would lose samples");
  command->footer(
      "Examples:\n"
      "  ecgctl convert IN.scp OUT.hea                     WFDB format 16: OUT.hea and OUT.dat\n"
      "  ecgctl convert IN.hea OUT.csv                     one column per lead, samples in LSB\n");
  auto options = std::make_shared<ConvertOptions>();
  command->add_option("IN", options->in, "The recording to read")->required();
  command->add_option("OUT", options->out, "NAME.hea for WFDB or NAME.csv")->required();
  command->add_flag("--force", options->replace, "Replace existing files");
  command->callback([options, &json, &language, &exit_code] {
    options->json = json;
    options->language = language;
    exit_code = run_convert(*options, std::cout, std::cerr);
  });
}

void add_info(CLI::App& app, const bool& json, const Language& language, int& exit_code) {
  auto* command = app.add_subcommand("info", "Show what a recording's file holds, patient fields included");
  auto options = std::make_shared<InfoOptions>();
  command->add_option("FILE", options->file, "The recording")->required();
  command->callback([options, &json, &language, &exit_code] {
    options->json = json;
    options->language = language;
    exit_code = run_info(*options, std::cout, std::cerr);
  });
}

}  // namespace

void add_offline_commands(CLI::App& app, const bool& json, const Language& language, int& exit_code) {
  add_analyze(app, json, language, exit_code);
  add_convert(app, json, language, exit_code);
  add_info(app, json, language, exit_code);
}

}  // namespace ecg::cli
