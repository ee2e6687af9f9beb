// ecg-gateway: acquires at the clinic, keeps on its own disk, sends to the center, shows the clinic page.
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>

#include <CLI/CLI.hpp>
#include <signal.h>
#include <sys/prctl.h>

#include "common/base/log.h"
#include "common/base/notify.h"
#include "common/base/version.h"
#include "gateway/main/enrolment.h"
#include "gateway/main/gateway.h"
#include "gateway/main/settings.h"

namespace {

ecg::Language language_of_environment() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') {
      return std::strncmp(value, "zh", 2) == 0 ? ecg::Language::kChinese : ecg::Language::kEnglish;
    }
  }
  return ecg::Language::kEnglish;
}

int fail(const ecg::Error& error, ecg::Language language) {
  std::cerr << ecg::printable(error, language) << "\n";
  return ecg::facts(error.code).exit_code;
}

// Blocked before any thread starts, so that only await_end takes them.
sigset_t block_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return set;
}

void await_end(const sigset_t& set) {
  const auto interval = ecg::notify::watchdog_interval();
  while (true) {
    int got = 0;
    if (interval) {
      timespec wait{};
      wait.tv_sec = interval->count() / 1'000'000;
      wait.tv_nsec = interval->count() % 1'000'000 * 1000;
      got = sigtimedwait(&set, nullptr, &wait);
      ecg::notify::watchdog();
    } else {
      got = sigwaitinfo(&set, nullptr);
    }
    if (got > 0) return;
  }
}

int run(const std::string& config, bool check_only, bool print_only, ecg::Language language) {
  const auto settings = ecg::gateway::read_settings(config);
  if (!settings.ok()) return fail(settings.error(), language);
  if (print_only) std::cout << settings->effective;
  if (check_only)
    std::cerr << (settings->language == ecg::Language::kChinese ? "配置有效\n"
                                                                : "the configuration is valid\n");
  if (check_only || print_only) return 0;
  ecg::log::set_process("ecg-gateway");
  ecg::log::set_level(settings->log_level);
  ::prctl(PR_SET_DUMPABLE, 0);  // no core file ever holds patient data or keys
  const sigset_t signals = block_signals();
  auto gateway = ecg::gateway::Gateway::start(*settings);
  if (!gateway.ok()) return fail(gateway.error(), settings->language);
  ecg::notify::ready();
  await_end(signals);
  ecg::notify::stopping();
  (*gateway)->stop();
  return 0;
}

int enrol(const std::string& code, const std::string& state_dir, ecg::Language language) {
  const auto answer = ecg::gateway::enrol(code, state_dir);
  if (!answer.ok()) return fail(answer.error(), language);
  const bool chinese = language == ecg::Language::kChinese;
  std::cout << (chinese ? "已注册：" : "enrolled: ") << answer->site_name() << " (" << answer->site_id()
            << ")\n"
            << (chinese ? "中心：" : "center: ") << answer->center_address() << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  ecg::Language language = language_of_environment();
  CLI::App app(R"(Examples:
  ecg-gateway enroll CODE --state-dir /var/lib/ecg-gateway   become a gateway of the center that gave the code
  ecg-gateway run -c /etc/ecg/gateway.toml                   work until SIGTERM
  ecg-gateway run -c FILE --check-config                     look at the configuration only
)",
               "ecg-gateway");
  app.footer(
      "Exit codes: 0 done, 1 failed, 2 wrong use or configuration, 3 not found, 4 denied, 5 unreachable, 6 "
      "conflict");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string(ecg::kVersion));
  app.add_option_function<std::string>(
         "--lang",
         [&](const std::string& text) {
           language = text == "zh" ? ecg::Language::kChinese : ecg::Language::kEnglish;
         },
         "Language of messages: en or zh")
      ->check(CLI::IsMember({"en", "zh"}))
      ->trigger_on_parse();

  std::string config = "/etc/ecg/gateway.toml";
  bool check_only = false, print_only = false;
  CLI::App* run_command = app.add_subcommand("run", "Work until SIGTERM or Ctrl-C");
  run_command->add_option("-c,--config", config, "Configuration file")->capture_default_str();
  run_command->add_flag("--check-config", check_only, "Check the configuration and end");
  run_command->add_flag("--print-config", print_only, "Print what is in effect and end");

  std::string code, state_dir = "/var/lib/ecg-gateway";
  CLI::App* enrol_command =
      app.add_subcommand("enroll", "Make a key here and fetch a certificate from the center");
  enrol_command->add_option("CODE", code, "The one-time code from the center")->required();
  enrol_command->add_option("--state-dir", state_dir, "Where key, certificate and recordings are kept")
      ->capture_default_str();

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (run_command->parsed()) return run(config, check_only, print_only, language);
  return enrol(code, state_dir, language);
}
