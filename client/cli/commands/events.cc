// events tail: one line for each change at the center, as it commits.
#include <cinttypes>
#include <memory>

#include "ecg/v1/events.pb.h"

#include "client/cli/command.h"

namespace ecg::cli {
namespace {

std::string line_of(const ecg::v1::SubscribeResponse& event) {
  if (event.has_hello())
    return time_of(true, event.hello().center_now()) + "  connected to center " + event.hello().version();
  if (event.has_lagged()) return "-                    events were skipped";
  if (event.has_site_changed())
    return "-                    site " + event.site_changed().site_id() + " changed";
  if (!event.has_study_changed()) return {};
  const auto& s = event.study_changed().study();
  // No names: this goes to terminals and logs.
  return short_name(ecg::v1::StudyState_Name(s.state()), "STUDY_STATE_") + "  " + s.site_id() + "  " +
         short_name(ecg::v1::Priority_Name(s.priority()), "PRIORITY_") + "  " + s.id() +
         (s.critical() == ecg::v1::CRITICAL_STATE_UNSPECIFIED
              ? ""
              : "  critical " + short_name(ecg::v1::CriticalState_Name(s.critical()), "CRITICAL_STATE_")) +
         (s.reader_name().empty() ? "" : "  reader " + s.reader_name());
}

}  // namespace

void add_event_commands(CLI::App& app, Command& command) {
  const auto count = std::make_shared<int>(0);
  auto* events = app.add_subcommand("events", "Changes at the center");
  events->require_subcommand(1);
  auto* tail = events->add_subcommand("tail", "Follow: one line for each change");
  tail->add_option("--count", *count, "End after this many changes; 0 = never");
  tail->callback([&command, count] {
    auto remote = Remote::open(command.remote, Program::kCenter);
    if (!remote.ok()) {
      command.exit_code = fail(remote.error(), command.output);
      return;
    }
    ecg::v1::SubscribeRequest request;
    request.set_sites(true);
    int seen = 0;
    const auto ended = remote->watch<ecg::v1::SubscribeResponse>(
        "ecg.v1.EventService/Subscribe", request, [&](const ecg::v1::SubscribeResponse& event) {
          const std::string line = command.output.json ? json_of(event) : line_of(event);
          if (event.has_keep_alive() || line.empty()) return true;
          Command::print(line + "\n");
          if (event.has_study_changed() || event.has_site_changed()) ++seen;
          return *count == 0 || seen < *count;
        });
    if (!ended.ok()) command.exit_code = fail(ended.error(), command.output);
  });
}

}  // namespace ecg::cli
