// events tail: one line for each change at the center, as it commits.
#include <memory>

#include "ecg/v1/events.pb.h"

#include "client/cli/command.h"
#include "common/base/clock.h"

namespace ecg::cli {
namespace {

// No patient's name: this goes to terminals and logs.
std::string line_of(const ecg::v1::SubscribeResponse& event) {
  if (event.has_hello()) return "connected to center " + event.hello().version();
  if (event.has_lagged()) return "events were skipped";
  if (event.has_site_changed()) return "site " + event.site_changed().site_id() + " changed";
  if (!event.has_study_changed()) return {};
  const auto& s = event.study_changed().study();
  std::string line = s.site_id() + "  " + s.id() + "  " +
                     short_name(ecg::v1::Priority_Name(s.priority()), "PRIORITY_") + "  " +
                     short_name(ecg::v1::StudyState_Name(s.state()), "STUDY_STATE_");
  if (s.critical() != ecg::v1::CRITICAL_STATE_UNSPECIFIED)
    line += "  critical " + short_name(ecg::v1::CriticalState_Name(s.critical()), "CRITICAL_STATE_");
  if (!s.reader_name().empty()) line += "  reader " + s.reader_name();
  return line;
}

std::string stamped(const std::string& line) {
  std::string now = to_iso8601(SystemClock().now());
  now[10] = ' ';
  return now.substr(0, 19) + "  " + line;
}

}  // namespace

void add_event_commands(CLI::App& app, Command& command) {
  struct Options {
    int count = 0;
    bool sites = false;
  };
  const auto options = std::make_shared<Options>();
  auto* events = app.add_subcommand("events", "Changes at the center");
  events->require_subcommand(1);
  auto* tail = events->add_subcommand("tail", "Follow: one line for each change");
  tail->add_option("--count", options->count, "End after this many changes; 0 = never");
  tail->add_flag("--sites", options->sites, "Sites too, not only studies");
  tail->callback([&command, options] {
    auto remote = Remote::open(command.remote, Program::kCenter);
    if (!remote.ok()) {
      command.exit_code = fail(remote.error(), command.output);
      return;
    }
    ecg::v1::SubscribeRequest request;
    request.set_sites(options->sites);
    int seen = 0;
    const auto ended = remote->watch<ecg::v1::SubscribeResponse>(
        "ecg.v1.EventService/Subscribe", request, [&](const ecg::v1::SubscribeResponse& event) {
          const std::string text = line_of(event);
          if (text.empty()) return true;
          Command::print((command.output.json ? json_of(event) : stamped(text)) + "\n");
          if (event.has_study_changed() || event.has_site_changed()) ++seen;
          return options->count == 0 || seen < options->count;
        });
    if (!ended.ok()) command.exit_code = fail(ended.error(), command.output);
  });
}

}  // namespace ecg::cli
