// user: the people of the network.
#include <memory>

#include "ecg/v1/administration.pb.h"

#include "client/cli/command.h"

namespace ecg::cli {
namespace {

constexpr auto kAdministration = "ecg.v1.AdministrationService/";

struct Options {
  std::string user, name, site, password_file;
  std::vector<std::string> roles;
  bool enable = false;
};

std::string people_table(const ecg::v1::ListPeopleResponse& response) {
  Table table({"USER", "NAME", "ROLES", "SITE", "STATE", "ID"});
  for (const auto& person : response.people()) {
    std::string roles;
    for (const int role : person.roles())
      roles += (roles.empty() ? "" : ",") +
               short_name(ecg::v1::Role_Name(static_cast<ecg::v1::Role>(role)), "ROLE_");
    table.row({person.user_name(), person.display_name(), roles,
               person.site_id().empty() ? "-" : person.site_id(), person.disabled() ? "disabled" : "active",
               person.id()});
  }
  return table.text();
}

void add(Command& command, const Options& options) {
  auto password = read_password(options.password_file, "Password for " + options.user + ": ");
  if (!password.ok()) {
    command.exit_code = fail(password.error(), command.output);
    return;
  }
  ecg::v1::AddPersonRequest request;
  request.mutable_person()->set_user_name(options.user);
  request.mutable_person()->set_display_name(options.name.empty() ? options.user : options.name);
  request.mutable_person()->set_site_id(options.site);
  for (const auto& role : options.roles)
    request.mutable_person()->add_roles(role == "clinic"   ? ecg::v1::ROLE_CLINIC_OPERATOR
                                        : role == "reader" ? ecg::v1::ROLE_READER
                                                           : ecg::v1::ROLE_ADMINISTRATOR);
  request.set_password(*password);
  command.run<ecg::v1::AddPersonResponse>(
      Program::kCenter, std::string(kAdministration) + "AddPerson", request,
      [](const auto& response) { return "added " + response.person().user_name() + "\n"; });
}

// The id behind a user name.
Result<std::string> find_person(Remote& remote, const std::string& user) {
  ECG_ASSIGN(const auto people,
             remote.call<ecg::v1::ListPeopleResponse>(std::string(kAdministration) + "ListPeople",
                                                      ecg::v1::ListPeopleRequest{}));
  for (const auto& person : people.people())
    if (person.user_name() == user || person.id() == user) return person.id();
  return Error{ErrorCode::kNotFound, user};
}

Result<ecg::v1::SetPasswordResponse> set_password(const Command& command, const Options& options) {
  ECG_ASSIGN(const std::string password, read_password(options.password_file, "New password: "));
  ECG_ASSIGN(auto remote, Remote::open(command.remote, Program::kCenter));
  ecg::v1::SetPasswordRequest request;
  ECG_ASSIGN(const std::string id, find_person(remote, options.user));
  request.set_person_id(id);
  request.set_password(password);
  return remote.call<ecg::v1::SetPasswordResponse>(std::string(kAdministration) + "SetPassword", request);
}

Result<ecg::v1::SetPersonDisabledResponse> set_disabled(const Command& command, const Options& options) {
  ECG_ASSIGN(auto remote, Remote::open(command.remote, Program::kCenter));
  ecg::v1::SetPersonDisabledRequest request;
  ECG_ASSIGN(const std::string id, find_person(remote, options.user));
  request.set_person_id(id);
  request.set_disabled(!options.enable);
  return remote.call<ecg::v1::SetPersonDisabledResponse>(std::string(kAdministration) + "SetPersonDisabled",
                                                         request);
}

}  // namespace

void add_people_commands(CLI::App& app, Command& command) {
  const auto options = std::make_shared<Options>();
  auto* user = app.add_subcommand("user", "People: list, add, set a password, disable");
  user->require_subcommand(1);
  user->add_subcommand("ls", "Everybody")->callback([&command] {
    command.run<ecg::v1::ListPeopleResponse>(Program::kCenter, std::string(kAdministration) + "ListPeople",
                                             ecg::v1::ListPeopleRequest{}, people_table);
  });
  auto* added = user->add_subcommand("add", "Add a person");
  added->add_option("USER", options->user)->required();
  added->add_option("--name", options->name, "Name as shown");
  added->add_option("--role", options->roles, "clinic, reader or admin; repeatable")
      ->required()
      ->check(CLI::IsMember({"clinic", "reader", "admin"}));
  added->add_option("--site", options->site, "Site of a clinic operator");
  added->add_option("--password-file", options->password_file,
                    "File with the password; '-' reads standard input");
  added->callback([&command, options] { add(command, *options); });

  auto* password = user->add_subcommand("passwd", "Set a new password");
  password->add_option("USER", options->user)->required();
  password->add_option("--password-file", options->password_file,
                       "File with the password; '-' reads standard input");
  password->callback([&command, options] {
    command.show<ecg::v1::SetPasswordResponse>(set_password(command, *options),
                                               [](const auto&) { return std::string("password set\n"); });
  });
  auto* disable = user->add_subcommand("disable", "End a person's sessions and refuse new ones");
  disable->add_option("USER", options->user)->required();
  disable->add_flag("--undo", options->enable, "Allow signing in again");
  disable->callback([&command, options] {
    command.show<ecg::v1::SetPersonDisabledResponse>(set_disabled(command, *options),
                                                     [](const auto&) { return std::string("done\n"); });
  });
}

}  // namespace ecg::cli
