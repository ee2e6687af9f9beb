// ecgctl: everything the pages can do, on a command line; and files, without any server.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "client/cli/command.h"
#include "client/cli/offline/offline_commands.h"
#include "common/base/nearest.h"
#include "common/base/version.h"

namespace {

constexpr auto kExamples = R"(Examples:
  ecgctl analyze RECORD.hea --json                    analyse a file; needs no server
  ecgctl worklist                                     what waits to be read
  ecgctl site add baishi "Baishi Township Hospital"   add a clinic, print its enrolment code
)";

constexpr auto kFooter =
    R"(Exit codes: 0 done, 1 failed, 2 wrong use, 3 not found, 4 denied, 5 unreachable, 6 conflict;
status and doctor: 0 pass, 1 warn, 2 fail.
Environment: ECG_SERVER and ECG_GATEWAY name the center and the gateway as --server and --gateway do.)";

ecg::Language language_of_environment() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"})
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0')
      return std::strncmp(value, "zh", 2) == 0 ? ecg::Language::kChinese : ecg::Language::kEnglish;
  return ecg::Language::kEnglish;
}

// The first argument that is not an option: what was meant as the subcommand.
std::string first_word(int argc, char** argv) {
  for (int i = 1; i < argc; ++i)
    if (argv[i][0] != '-') return argv[i];
  return {};
}

std::vector<std::string> subcommand_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* subcommand : app.get_subcommands({})) names.push_back(subcommand->get_name());
  return names;
}

}  // namespace

int main(int argc, char** argv) {
  ecg::cli::Command command;
  command.output.language = language_of_environment();

  CLI::App app(std::string(kExamples) + "\necgctl " + std::string(ecg::kVersion), "ecgctl");
  app.footer(kFooter);
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", std::string(ecg::kVersion));
  app.add_flag("--json", command.output.json, "One JSON object on standard output");
  std::string language;
  app.add_option("--lang", language, "Language of messages: en or zh")->check(CLI::IsMember({"en", "zh"}));
  app.add_option("--server", command.remote.server, "The center: a URL, or the path of its Unix socket");
  app.add_option("--gateway", command.remote.gateway, "The gateway: a URL, or the path of its Unix socket");
  app.add_option("--ca", command.remote.ca_file, "The center's CA certificate (PEM), for https");
  app.add_option("--timeout", command.remote.timeout_s, "Seconds to wait for an answer")
      ->check(CLI::Range(1, 600));
  app.parse_complete_callback([&] {
    if (!language.empty())
      command.output.language = language == "zh" ? ecg::Language::kChinese : ecg::Language::kEnglish;
  });

  ecg::cli::add_offline_commands(app, command.output.json, command.output.language, command.exit_code);
  ecg::cli::add_session_commands(app, command);
  ecg::cli::add_reading_commands(app, command);
  ecg::cli::add_clinic_commands(app, command);
  ecg::cli::add_network_commands(app, command);
  ecg::cli::add_people_commands(app, command);
  ecg::cli::add_backup_commands(app, command);
  ecg::cli::add_health_commands(app, command);
  ecg::cli::add_event_commands(app, command);

  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    const std::string word = first_word(argc, argv);
    const auto names = subcommand_names(app);
    if (!word.empty() && std::ranges::find(names, word) == names.end())
      return ecg::cli::fail(
          {ecg::ErrorCode::kUsage, word + " (nearest: " + ecg::nearest_name(word, names) + ")"},
          command.output);
    app.exit(error);
    return 2;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return command.exit_code;
}
