// site, sites, gateway, quarantine: clinics and their gateways.
#include <memory>

#include "ecg/v1/administration.pb.h"

#include "client/cli/command.h"

namespace ecg::cli {
namespace {

constexpr auto kAdministration = "ecg.v1.AdministrationService/";

std::string site_table(const ecg::v1::GetNetworkHealthResponse& health, bool down_only) {
  Table table({"STATE", "SITE", "NAME", "HEARTBEAT", "UNSENT", "CLOCK", "RTT", "VERSION", "TODAY", "REASON",
               "GATEWAY"});
  for (const auto& site : health.sites()) {
    if (down_only && site.state() != ecg::v1::GATEWAY_STATE_OFFLINE &&
        site.state() != ecg::v1::GATEWAY_STATE_LATE)
      continue;
    const auto state = short_name(ecg::v1::GatewayState_Name(site.state()), "GATEWAY_STATE_");
    const auto today = std::to_string(site.studies_today());
    const auto reason = site.reason_code().empty() ? std::string("-") : site.reason_code();
    if (site.gateways().empty())
      table.row(
          {state, site.site().id(), site.site().name(), "never", "?", "?", "?", "-", today, reason, "-"});
    for (const auto& g : site.gateways())
      table.row(
          {state, site.site().id(), site.site().name(),
           g.has_last_heartbeat_at() ? age_of(true, g.last_heartbeat_at(), health.as_of()) + " ago" : "never",
           g.has_unsent_studies() ? std::to_string(g.unsent_studies()) : "?",
           g.has_clock_offset_ms() ? std::to_string(g.clock_offset_ms()) + " ms" : "?",
           g.has_round_trip_ms() ? std::to_string(g.round_trip_ms()) + " ms" : "?",
           g.version().empty() ? "-" : g.version(), today, reason, g.gateway_id()});
  }
  return table.empty() ? "no sites\n" : table.text();
}

void add_site(CLI::App& app, Command& command) {
  struct Options {
    std::string id, name, phone;
    bool down = false;
  };
  const auto options = std::make_shared<Options>();
  auto* sites = app.add_subcommand("sites", "Every site with its gateways, worst first");
  sites->add_flag("--down", options->down, "Only those that are late or down");
  sites->callback([&command, options] {
    command.run<ecg::v1::GetNetworkHealthResponse>(
        Program::kCenter, std::string(kAdministration) + "GetNetworkHealth",
        ecg::v1::GetNetworkHealthRequest{},
        [&](const auto& health) { return site_table(health, options->down); });
  });
  auto* site = app.add_subcommand("site", "Sites: add");
  site->require_subcommand(1);
  auto* add = site->add_subcommand("add", "Add a clinic and print its one-time enrolment code");
  add->add_option("ID", options->id, "Short name: a-z, 0-9, '-'")->required();
  add->add_option("NAME", options->name, "Name as shown");
  add->add_option("--phone", options->phone, "Duty phone of the clinic");
  add->callback([&command, options] {
    ecg::v1::AddSiteRequest request;
    request.mutable_site()->set_id(options->id);
    request.mutable_site()->set_name(options->name.empty() ? options->id : options->name);
    request.mutable_site()->set_phone(options->phone);
    command.run<ecg::v1::AddSiteResponse>(
        Program::kCenter, std::string(kAdministration) + "AddSite", request, [](const auto& response) {
          return "On the clinic's machine, before " +
                 time_of(response.has_expires_at(), response.expires_at()) +
                 " UTC, run:\n  ecg-gateway enroll " + response.enrolment_code() + "\n";
        });
  });
}

void add_gateway(CLI::App& app, Command& command) {
  struct Options {
    std::string id, reason;
  };
  const auto options = std::make_shared<Options>();
  auto* gateway = app.add_subcommand("gateway", "Gateways: revoke");
  gateway->require_subcommand(1);
  auto* revoke = gateway->add_subcommand("revoke", "End a gateway's certificate; its spool stays");
  revoke->add_option("GATEWAY", options->id)->required();
  revoke->add_option("--reason", options->reason, "Why")->required();
  revoke->callback([&command, options] {
    ecg::v1::RevokeGatewayRequest request;
    request.set_gateway_id(options->id);
    request.set_reason(options->reason);
    command.run<ecg::v1::RevokeGatewayResponse>(Program::kCenter,
                                                std::string(kAdministration) + "RevokeGateway", request,
                                                [](const auto&) { return std::string("revoked\n"); });
  });
}

void add_quarantine(CLI::App& app, Command& command) {
  auto* quarantine = app.add_subcommand("quarantine", "Uploads set aside, with the reason");
  quarantine->callback([&command] {
    command.run<ecg::v1::ListQuarantineResponse>(
        Program::kCenter, std::string(kAdministration) + "ListQuarantine", ecg::v1::ListQuarantineRequest{},
        [](const auto& response) {
          Table table({"REASON", "SITE", "STUDY", "AT", "BYTES", "UPLOAD"});
          for (const auto& u : response.uploads())
            table.row({"E" + std::to_string(u.reason_code()), u.site_id(), u.study_id(),
                       time_of(u.has_at(), u.at()), std::to_string(u.bytes()), u.upload_id()});
          return table.empty() ? std::string("nothing is quarantined\n") : table.text();
        });
  });
}

}  // namespace

void add_network_commands(CLI::App& app, Command& command) {
  add_site(app, command);
  add_gateway(app, command);
  add_quarantine(app, command);
}

}  // namespace ecg::cli
