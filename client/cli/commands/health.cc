// status and doctor: what is broken, how bad, what to do. Exit 0 pass, 1 warn, 2 fail.
#include <memory>

#include <nlohmann/json.hpp>
#include <sys/statvfs.h>

#include "ecg/v1/administration.pb.h"
#include "ecg/v1/clinic.pb.h"

#include "client/cli/command.h"

namespace ecg::cli {
namespace {

enum class Verdict { kSkip = -1, kPass = 0, kWarn = 1, kFail = 2 };

struct Check {
  Verdict verdict;
  std::string name, finding, fix;
};

const char* word(Verdict verdict) {
  switch (verdict) {
    case Verdict::kSkip:
      return "skip";
    case Verdict::kPass:
      return "pass";
    case Verdict::kWarn:
      return "warn";
    case Verdict::kFail:
      return "fail";
  }
  return "?";
}

void check_center(const ecg::v1::GetNetworkHealthResponse& health, std::vector<Check>& checks) {
  int down = 0, late = 0, unknown = 0;
  for (const auto& site : health.sites()) {
    down += site.state() == ecg::v1::GATEWAY_STATE_OFFLINE;
    late += site.state() == ecg::v1::GATEWAY_STATE_LATE || site.state() == ecg::v1::GATEWAY_STATE_DEGRADED;
    unknown +=
        site.state() == ecg::v1::GATEWAY_STATE_UNSPECIFIED || site.state() == ecg::v1::GATEWAY_STATE_ENROLLED;
  }
  checks.push_back({down > 0             ? Verdict::kFail
                    : late + unknown > 0 ? Verdict::kWarn
                                         : Verdict::kPass,
                    "sites",
                    std::to_string(health.sites_size()) + " sites, " + std::to_string(down) + " down, " +
                        std::to_string(late) + " late, " + std::to_string(unknown) + " never seen",
                    down + late + unknown > 0 ? "ecgctl sites" : ""});
  unsigned waiting = 0;
  std::string oldest = "-";
  for (const auto& queue : health.queues()) {
    waiting += queue.waiting();
    if (queue.has_oldest_received_at() && oldest == "-")
      oldest = age_of(true, queue.oldest_received_at(), health.as_of());
  }
  checks.push_back({health.breaches_today() > 0 ? Verdict::kWarn : Verdict::kPass, "queue",
                    std::to_string(waiting) + " waiting, most urgent class waits " + oldest + ", " +
                        std::to_string(health.breaches_today()) + " breaches today, " +
                        std::to_string(health.readers_online()) + " readers on line",
                    health.breaches_today() > 0 ? "ecgctl worklist" : ""});
  checks.push_back({health.critical_open() > 0 ? Verdict::kFail : Verdict::kPass, "critical results",
                    std::to_string(health.critical_open()) + " open",
                    health.critical_open() > 0 ? "ecgctl worklist" : ""});
  checks.push_back({health.undelivered_reports() > 0 ? Verdict::kWarn : Verdict::kPass, "reports",
                    std::to_string(health.undelivered_reports()) + " not yet at their clinic", ""});
  if (!health.has_storage_used_fraction())
    checks.push_back({Verdict::kWarn, "storage", "not known", "look at the center's log"});
  else
    checks.push_back(
        {health.storage_used_fraction() > 0.95  ? Verdict::kFail
         : health.storage_used_fraction() > 0.8 ? Verdict::kWarn
                                                : Verdict::kPass,
         "storage", std::to_string(static_cast<int>(health.storage_used_fraction() * 100)) + " % used",
         health.storage_used_fraction() > 0.8 ? "add disk space; nothing is deleted by itself" : ""});
}

void check_gateway(const ecg::v1::ClinicState& clinic, std::vector<Check>& checks) {
  checks.push_back({clinic.enrolled() ? Verdict::kPass : Verdict::kFail, "enrolment",
                    clinic.enrolled() ? "enrolled as " + clinic.site_id() : "not enrolled",
                    clinic.enrolled() ? "" : "ecg-gateway enroll CODE, with a code from the center"});
  const bool up = clinic.line() == ecg::v1::LINE_STATE_CONNECTED;
  checks.push_back({up                                             ? Verdict::kPass
                    : clinic.line() == ecg::v1::LINE_STATE_REFUSED ? Verdict::kFail
                                                                   : Verdict::kWarn,
                    "line", short_name(ecg::v1::LineState_Name(clinic.line()), "LINE_STATE_"),
                    up ? "" : "recordings are kept here and sent when the line is back"});
  checks.push_back({clinic.device_connected() ? Verdict::kPass : Verdict::kWarn, "device",
                    clinic.device_connected() ? clinic.device_name() : "no device is sending samples",
                    clinic.device_connected() ? "" : "check the cable and that the device is on"});
  const double used = clinic.spool_used_fraction();
  checks.push_back({used >= 0.95  ? Verdict::kFail
                    : used >= 0.8 ? Verdict::kWarn
                                  : Verdict::kPass,
                    "spool",
                    std::to_string(static_cast<int>(used * 100)) + " % used, " +
                        std::to_string(clinic.unsent_studies()) + " unsent",
                    ""});
  const auto offset = clinic.clock_offset_ms();
  const bool known = clinic.clock_uncertainty_ms() != 0;
  const bool off = known && (offset > 2000 || offset < -2000);
  checks.push_back({!known || off ? Verdict::kWarn : Verdict::kPass, "clock",
                    known ? std::to_string(offset) + " ms from the center's" : "offset not known",
                    off ? "set the clock of this machine" : ""});
}

int show(const std::vector<Check>& checks, const Command& command, const char* schema) {
  int worst = 0;
  auto list = nlohmann::json::array();
  Table table({"CHECK", "", "FINDING", "NEXT"});
  for (const auto& check : checks) {
    worst = std::max(worst, static_cast<int>(check.verdict));
    list.push_back({{"check", check.name},
                    {"verdict", word(check.verdict)},
                    {"finding", check.finding},
                    {"fix", check.fix}});
    table.row({check.name, word(check.verdict), check.finding, check.fix});
  }
  Command::print(command.output.json ? nlohmann::json{{"schema", schema},
                                                      {"verdict", word(static_cast<Verdict>(worst))},
                                                      {"checks", list}}
                                               .dump() +
                                           "\n"
                                     : table.text());
  return worst;
}

template <class Response>
Result<Response> ask(const Command& command, Program program, const char* method,
                     const google::protobuf::Message& request) {
  ECG_ASSIGN(auto remote, Remote::open(command.remote, program));
  return remote.call<Response>(method, request);
}

void collect(const Command& command, std::vector<Check>& checks, bool thorough) {
  const auto health = ask<ecg::v1::GetNetworkHealthResponse>(command, Program::kCenter,
                                                             "ecg.v1.AdministrationService/GetNetworkHealth",
                                                             ecg::v1::GetNetworkHealthRequest{});
  const auto clinic = ask<ecg::v1::GetClinicResponse>(
      command, Program::kGateway, "ecg.v1.ClinicService/GetClinic", ecg::v1::GetClinicRequest{});
  const auto absent = [&](const char* name, const Error& error, bool other_there) {
    const bool gone = error.code == ErrorCode::kServerUnreachable;
    checks.push_back({gone && other_there ? Verdict::kSkip : Verdict::kFail, name,
                      message(error, command.output.language), next_step(error, command.output.language)});
  };
  if (health.ok()) {
    checks.push_back({Verdict::kPass, "center", "answers, version " + health->version(), ""});
    check_center(*health, checks);
  } else {
    absent("center", health.error(), clinic.ok());
  }
  if (clinic.ok()) {
    checks.push_back({Verdict::kPass, "gateway", "answers", ""});
    check_gateway(clinic->clinic(), checks);
  } else {
    absent("gateway", clinic.error(), health.ok());
  }
  if (!thorough) return;
  struct statvfs disk {};
  if (::statvfs("/var/lib", &disk) == 0 && disk.f_blocks > 0) {
    const double free = static_cast<double>(disk.f_bavail) / static_cast<double>(disk.f_blocks);
    checks.push_back({free < 0.01   ? Verdict::kFail
                      : free < 0.05 ? Verdict::kWarn
                                    : Verdict::kPass,
                      "disk of /var/lib", std::to_string(static_cast<int>(free * 100)) + " % free",
                      free < 0.05 ? "free disk space" : ""});
  }
}

}  // namespace

void add_health_commands(CLI::App& app, Command& command) {
  app.add_subcommand("status", "One screen: what is broken and how bad. Exit 0 pass, 1 warn, 2 fail")
      ->callback([&command] {
        std::vector<Check> checks;
        collect(command, checks, false);
        command.exit_code = show(checks, command, "ecg.status");
      });
  app.add_subcommand("doctor", "Everything that can be checked from here, with the next step for each")
      ->callback([&command] {
        std::vector<Check> checks;
        collect(command, checks, true);
        command.exit_code = show(checks, command, "ecg.doctor");
      });
}

}  // namespace ecg::cli
