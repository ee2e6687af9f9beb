// backup create, verify, restore. Create asks the running center; the other two need no server.
#include "server/admin/backup/backup.h"

#include <filesystem>
#include <memory>

#include <nlohmann/json.hpp>

#include "ecg/v1/administration.pb.h"

#include "client/cli/command.h"
#include "common/base/random.h"

namespace ecg::cli {
namespace {

void show(Command& command, const Result<admin::BackupFacts>& outcome, const char* schema,
          const std::string& said) {
  if (!outcome.ok()) {
    command.exit_code = fail(outcome.error(), command.output);
    return;
  }
  Command::print(
      command.output.json
          ? nlohmann::json{{"schema", schema}, {"bytes", outcome->bytes}, {"studies", outcome->studies}}
                    .dump() +
                "\n"
          : said + ": " + std::to_string(outcome->studies) + " studies, " + std::to_string(outcome->bytes) +
                " bytes\n");
}

}  // namespace

void add_backup_commands(CLI::App& app, Command& command) {
  struct Options {
    std::string backup, state;
  };
  const auto options = std::make_shared<Options>();
  auto* backup = app.add_subcommand("backup", "Copy a center while it runs; verify and restore copies");
  backup->require_subcommand(1);

  auto* create = backup->add_subcommand("create", "Make a backup folder on the center's machine");
  create->add_option("FOLDER", options->backup, "Must not exist")->required();
  create->callback([&command, options] {
    ecg::v1::CreateBackupRequest request;
    request.set_path(std::filesystem::absolute(options->backup).string());
    RemoteOptions patient = command.remote;  // a large store takes its time
    patient.timeout_s = std::max(patient.timeout_s, 3600);
    auto remote = Remote::open(patient, Program::kCenter);
    if (!remote.ok()) {
      command.exit_code = fail(remote.error(), command.output);
      return;
    }
    command.show<ecg::v1::CreateBackupResponse>(
        remote->call<ecg::v1::CreateBackupResponse>("ecg.v1.AdministrationService/CreateBackup", request),
        [](const auto& made) {
          return made.path() + ": " + std::to_string(made.studies()) + " studies, " +
                 std::to_string(made.bytes()) + " bytes\n";
        });
  });

  auto* verify = backup->add_subcommand("verify", "Read everything in a backup and check it");
  verify->add_option("FOLDER", options->backup)->required();
  verify->callback([&command, options] {
    show(command, admin::verify_backup(options->backup), "ecg.backup.verify", "whole");
  });

  auto* restore =
      backup->add_subcommand("restore", "Make a center out of a backup, in a folder that has none yet");
  restore->add_option("FOLDER", options->backup)->required();
  restore->add_option("STATE", options->state, "The new center's state folder")->required();
  restore->callback([&command, options] {
    SystemRandom random;
    show(command, admin::restore_backup(options->backup, options->state, random), "ecg.backup.restore",
         "restored");
  });
}

}  // namespace ecg::cli
