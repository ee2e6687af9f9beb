// sign-in, sign-out, whoami, passwd: a person's session with the center.
#include "ecg/v1/sign_in.pb.h"

#include "client/cli/command.h"

namespace ecg::cli {
namespace {

std::string person_line(const ecg::v1::Person& person) {
  std::string roles;
  for (const int role : person.roles())
    roles += (roles.empty() ? "" : ", ") +
             short_name(ecg::v1::Role_Name(static_cast<ecg::v1::Role>(role)), "ROLE_");
  return person.user_name() + " (" + person.display_name() + ") " + roles + "\n";
}

void sign_in(Command& command, const std::string& user, const std::string& password_file) {
  auto password = read_password(password_file, "Password: ");
  if (!password.ok()) {
    command.exit_code = fail(password.error(), command.output);
    return;
  }
  auto remote = Remote::open(command.remote, Program::kCenter);
  if (!remote.ok()) {
    command.exit_code = fail(remote.error(), command.output);
    return;
  }
  ecg::v1::SignInRequest request;
  request.set_user_name(user);
  request.set_password(*password);
  request.set_want_token(true);
  auto answer = remote->call<ecg::v1::SignInResponse>("ecg.v1.SignInService/SignIn", request);
  if (answer.ok()) {
    if (auto kept = remote->remember_token(answer->token()); !kept.ok()) {
      command.exit_code = fail(kept.error(), command.output);
      return;
    }
    answer->clear_token();
  }
  command.show<ecg::v1::SignInResponse>(
      answer, [](const auto& response) { return "signed in: " + person_line(response.person()); });
}

}  // namespace

void add_session_commands(CLI::App& app, Command& command) {
  auto* in = app.add_subcommand("sign-in", "Sign in at a center and keep the session for later commands");
  struct Options {
    std::string user, password_file;
  };
  const auto options = std::make_shared<Options>();
  in->add_option("USER", options->user)->required();
  in->add_option("--password-file", options->password_file,
                 "File with the password; '-' reads standard input");
  in->callback([&command, options] { sign_in(command, options->user, options->password_file); });

  app.add_subcommand("sign-out", "End the session")->callback([&command] {
    command.run<ecg::v1::SignOutResponse>(Program::kCenter, "ecg.v1.SignInService/SignOut",
                                          ecg::v1::SignOutRequest{},
                                          [](const auto&) { return std::string("signed out\n"); });
    if (auto remote = Remote::open(command.remote, Program::kCenter); remote.ok()) remote->forget_token();
  });
  app.add_subcommand("whoami", "Show whose session this is")->callback([&command] {
    command.run<ecg::v1::GetSessionResponse>(
        Program::kCenter, "ecg.v1.SignInService/GetSession", ecg::v1::GetSessionRequest{},
        [](const auto& response) { return person_line(response.person()); });
  });
}

}  // namespace ecg::cli
