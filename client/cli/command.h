// What every command of ecgctl gets, and how a command group announces itself.
#pragma once

#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include "client/cli/output.h"
#include "client/cli/remote.h"

namespace ecg::cli {

struct Command {
  RemoteOptions remote;
  OutputOptions output;
  int exit_code = 0;

  // Prints the answer as JSON, or through to_text; or the error. Sets the exit code.
  template <class Response>
  void show(const Result<Response>& answer, const std::function<std::string(const Response&)>& to_text) {
    if (!answer.ok()) {
      exit_code = fail(answer.error(), output);
      return;
    }
    print(output.json ? json_of(*answer) + "\n" : to_text(*answer));
  }
  // One call to the program, shown.
  template <class Response>
  void run(Program program, std::string_view method, const google::protobuf::Message& request,
           const std::function<std::string(const Response&)>& to_text) {
    auto remote_end = Remote::open(remote, program);
    if (!remote_end.ok()) {
      exit_code = fail(remote_end.error(), output);
      return;
    }
    show<Response>(remote_end->call<Response>(method, request), to_text);
  }
  static void print(const std::string& text);
};

// Each adds its subcommands; command outlives app.
void add_session_commands(CLI::App& app, Command& command);
void add_reading_commands(CLI::App& app, Command& command);
void add_network_commands(CLI::App& app, Command& command);
void add_people_commands(CLI::App& app, Command& command);
void add_backup_commands(CLI::App& app, Command& command);
void add_clinic_commands(CLI::App& app, Command& command);
void add_health_commands(CLI::App& app, Command& command);
void add_event_commands(CLI::App& app, Command& command);

// The text of a file, or of standard input for "-". Errors: kFileNotFound, kFileUnreadable.
Result<std::string> read_text(const std::string& path);
// Errors: kFileExists, kFileUnreadable.
Result<void> write_new_file(const std::string& path, const std::string& bytes);
// Asks without echo on a terminal, else reads one line of standard input; or from --password-file.
Result<std::string> read_password(const std::string& file, const std::string& prompt);

}  // namespace ecg::cli
