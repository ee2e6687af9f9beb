// ecg-server: the center. "serve" runs it, "work" is one of its analysis processes.
#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>
#include <signal.h>
#include <sys/prctl.h>

#include "common/base/log.h"
#include "common/base/notify.h"
#include "common/base/version.h"
#include "server/analysis/worker.h"
#include "server/main/center.h"
#include "server/main/settings.h"

namespace ecg::server {
namespace {

struct ServeOptions {
  std::string config_file;
  bool check_config = false, print_config = false, insecure_loopback = false;
};

int refuse(const Error& error) {
  std::fprintf(stderr, "%s\n", printable(error, Language::kEnglish).c_str());
  return facts(error.code).exit_code;
}

// Threads made later inherit the mask, so that only wait_for_stop sees these signals.
sigset_t block_signals() {
  ::signal(SIGPIPE, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return set;
}

int serve(const ServeOptions& options) {
  auto loaded = load_settings(options.config_file);
  if (!loaded.ok()) return refuse(loaded.error());
  if (options.print_config) std::fputs(loaded->effective.c_str(), stdout);
  if (options.check_config) std::fputs("the configuration is valid\n", stderr);
  if (options.check_config || options.print_config) return 0;

  log::set_process("ecg-server");
  log::set_level(loaded->settings.log_level);
  ::prctl(PR_SET_DUMPABLE, 0);  // no core file ever holds patient data or keys
  const sigset_t signals = block_signals();
  auto center = Center::start(loaded->settings, options.insecure_loopback);
  if (!center.ok()) {
    log::error("start_failed", center.error());
    return refuse(center.error());
  }
  notify::ready();
  int signal = 0;
  while (::sigwait(&signals, &signal) != 0) {
  }
  log::info("stopping", {{"signal", signal}});
  notify::stopping();
  center.value()->stop();
  center.value().reset();
  log::info("stopped");
  return 0;
}

int run(int argc, char** argv) {
  CLI::App app{
      "The center of the remote-ECG network.\n\n"
      "Examples:\n"
      "  ecg-server serve -c /etc/ecg/server.toml\n"
      "  ecg-server serve -c server.toml --check-config\n"
      "  ecg-server serve -c server.toml --insecure-loopback   pages over plain HTTP, this machine only\n"};
  app.set_version_flag("--version", std::string(kVersion));
  app.require_subcommand(1);
  ServeOptions options;
  CLI::App* serve_command = app.add_subcommand("serve", "Run the center until SIGTERM");
  serve_command->add_option("-c,--config", options.config_file,
                            "Configuration file (TOML); without it, defaults");
  serve_command->add_flag("--check-config", options.check_config,
                          "Only check the configuration; exit 0 or 2");
  serve_command->add_flag("--print-config", options.print_config,
                          "Only print what is in effect, and from where");
  serve_command->add_flag("--insecure-loopback", options.insecure_loopback,
                          "Serve the pages over plain HTTP; browsers.address must be 127.0.0.1");
  CLI::App* work_command = app.add_subcommand("work", "Analyse jobs from standard input (started by serve)");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (work_command->parsed()) return analysis::run_worker_process();
  return serve(options);
}

}  // namespace
}  // namespace ecg::server

int main(int argc, char** argv) {
  return ecg::server::run(argc, argv);
}
