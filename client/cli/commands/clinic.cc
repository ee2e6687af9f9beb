// clinic, exam, spool, imports, submit, scenario: what an operator does, against the gateway on this machine.
#include <filesystem>
#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "ecg/v1/clinic.pb.h"

#include "client/cli/command.h"
#include "client/cli/export.h"

namespace ecg::cli {
namespace {

std::string method(const char* name) {
  return std::string("ecg.v1.ClinicService/") + name;
}

struct Options {
  std::string study, name, sex, birth, id, pacemaker, priority = "routine", pdf, out, file, person, read_back,
                                                      action;
  std::vector<std::string> symptoms;
  std::uint32_t age = 0, seconds = 10, version = 0;
  bool unknown = false, send = false, wait = false;
};

std::string clinic_text(const ecg::v1::ClinicState& c) {
  std::string text = c.site_name() + " (" + c.site_id() + ")\n";
  text += "line      " + short_name(ecg::v1::LineState_Name(c.line()), "LINE_STATE_") + " since " +
          time_of(c.has_line_since(), c.line_since()) +
          (c.line_error_code() != 0 ? " (E" + std::to_string(c.line_error_code()) + ")" : "") + "\n";
  text += "device    " + std::string(c.device_connected() ? "connected" : "not connected") + " " +
          c.device_name() + (c.scenario().empty() ? "" : " [" + c.scenario() + "]") + "\n";
  text += "unsent    " + std::to_string(c.unsent_studies()) + "\n";
  text += "today     " + std::to_string(c.studies_today()) + " studies, " +
          std::to_string(c.reports_today()) + " reports\n";
  text += "spool     " + std::to_string(static_cast<int>(c.spool_used_fraction() * 100)) + " % used\n";
  text += "clock     " +
          (c.clock_uncertainty_ms() == 0 ? std::string("offset not known")
                                         : std::to_string(c.clock_offset_ms()) + " ms (+-" +
                                               std::to_string(c.clock_uncertainty_ms()) + ")") +
          "\n";
  return text;
}

std::string spool_table(const ecg::v1::ListClinicStudiesResponse& response) {
  Table table({"STATE", "CLASS", "PATIENT", "RECORDED", "UPLOADED", "TRIES", "ERROR", "SAVED", "AT CENTER",
               "OPENED", "REPORT", "STUDY"});
  for (const auto& s : response.studies()) {
    std::vector<std::string> at(6, "-");
    for (const auto& e : s.ladder())
      if (e.step() > 0 && e.step() < 6 && e.has_at())
        at[static_cast<std::size_t>(e.step())] = time_of(true, e.at()).substr(11);
    table.row({short_name(ecg::v1::StudyState_Name(s.state()), "STUDY_STATE_"),
               short_name(ecg::v1::Priority_Name(s.priority()), "PRIORITY_"), s.patient().name(),
               std::to_string(s.recorded_s()).substr(0, 5) + " s" + (s.partial() ? " partial" : ""),
               std::to_string(static_cast<int>(s.uploaded_fraction() * 100)) + " %",
               std::to_string(s.tries()), s.error_code() == 0 ? "-" : "E" + std::to_string(s.error_code()),
               at[1], at[3], at[4], at[5], s.study_id()});
  }
  return table.empty() ? "no studies\n" : table.text();
}

template <class Request, class Response>
void add_step(CLI::App* group, Command& command, const std::shared_ptr<Options>& options, const char* name,
              const char* help, const char* rpc, const char* done) {
  auto* sub = group->add_subcommand(name, help);
  sub->add_option("STUDY", options->study)->required();
  sub->callback([&command, options, rpc, done] {
    Request request;
    request.set_study_id(options->study);
    command.run<Response>(Program::kGateway, method(rpc), request,
                          [done](const auto&) { return std::string(done) + "\n"; });
  });
}

ecg::v1::RegisterExaminationRequest registration(const Options& options) {
  ecg::v1::RegisterExaminationRequest request;
  auto* patient = request.mutable_patient();
  patient->set_id(options.id);
  patient->set_name(options.name);
  patient->set_birth_date(options.birth);
  patient->set_age_years(options.age);
  patient->set_sex(options.sex == "female" ? ecg::v1::SEX_FEMALE
                   : options.sex == "male" ? ecg::v1::SEX_MALE
                                           : ecg::v1::SEX_UNSPECIFIED);
  request.set_emergency_unknown(options.unknown);
  request.mutable_context()->set_pacemaker(options.pacemaker == "yes"  ? ecg::v1::YES_NO_YES
                                           : options.pacemaker == "no" ? ecg::v1::YES_NO_NO
                                                                       : ecg::v1::YES_NO_UNSPECIFIED);
  for (auto symptom : options.symptoms) {
    for (char& c : symptom)
      c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    ecg::v1::Symptom value;
    if (ecg::v1::Symptom_Parse("SYMPTOM_" + symptom, &value)) request.mutable_context()->add_symptoms(value);
  }
  request.set_priority(options.priority == "stat"        ? ecg::v1::PRIORITY_STAT
                       : options.priority == "urgent"    ? ecg::v1::PRIORITY_URGENT
                       : options.priority == "screening" ? ecg::v1::PRIORITY_SCREENING
                                                         : ecg::v1::PRIORITY_ROUTINE);
  return request;
}

void add_register(CLI::App* exam, Command& command, const std::shared_ptr<Options>& options) {
  auto* sub = exam->add_subcommand("register", "Register a patient; prints the study id");
  sub->add_option("--name", options->name, "Patient's name");
  sub->add_option("--id", options->id, "Patient id of the clinic");
  sub->add_option("--sex", options->sex)->check(CLI::IsMember({"female", "male", "unknown"}));
  sub->add_option("--birth", options->birth, "Birth date, 1959-03-12");
  sub->add_option("--age", options->age, "Years, when the birth date is not known");
  sub->add_option("--symptom", options->symptoms, "Repeatable")
      ->check(CLI::IsMember(
          {"chest-pain", "palpitation", "syncope", "dyspnoea", "dizziness", "check-up", "preoperative"}));
  sub->add_option("--pacemaker", options->pacemaker)->check(CLI::IsMember({"yes", "no", "unknown"}));
  sub->add_option("--priority", options->priority)
      ->check(CLI::IsMember({"stat", "urgent", "routine", "screening"}));
  sub->add_flag("--emergency-unknown", options->unknown,
                "The patient cannot be identified; a temporary id is made");
  sub->callback([&command, options] {
    command.run<ecg::v1::RegisterExaminationResponse>(
        Program::kGateway, method("RegisterExamination"), registration(*options),
        [](const auto& response) { return response.study_id() + "\n"; });
  });
}

Result<ecg::v1::StartCaptureResponse> capture(const Command& command, const Options& options) {
  ECG_ASSIGN(auto remote, Remote::open(command.remote, Program::kGateway));
  ecg::v1::StartCaptureRequest request;
  request.set_study_id(options.study);
  request.set_seconds(options.seconds);
  request.set_send_when_done(options.send);
  ECG_ASSIGN(auto answer, remote.call<ecg::v1::StartCaptureResponse>(method("StartCapture"), request));
  if (options.wait)
    ECG_TRY(remote.watch<ecg::v1::WatchDeviceResponse>(
        method("WatchDevice"), ecg::v1::WatchDeviceRequest{}, [&](const ecg::v1::WatchDeviceResponse& event) {
          return !(event.has_capture() && event.capture().study_id() == options.study &&
                   event.capture().finished());
        }));
  return answer;
}

void add_exam(CLI::App& app, Command& command) {
  const auto options = std::make_shared<Options>();
  auto* exam = app.add_subcommand("exam", "Examine a patient at this clinic: register, capture, send");
  exam->require_subcommand(1);
  add_register(exam, command, options);
  auto* sub = exam->add_subcommand("capture", "Record from the device");
  sub->add_option("STUDY", options->study)->required();
  sub->add_option("--seconds", options->seconds, "1 to 600");
  sub->add_flag("--send", options->send, "Send to the center as soon as it is recorded");
  sub->add_flag("--wait", options->wait, "Wait until the recording has ended");
  sub->callback([&command, options] {
    command.show<ecg::v1::StartCaptureResponse>(capture(command, *options), [&](const auto&) {
      return std::string(options->wait ? "recorded\n" : "recording\n");
    });
  });
  add_step<ecg::v1::StopCaptureRequest, ecg::v1::StopCaptureResponse>(
      exam, command, options, "stop", "End the running recording; what there is stays", "StopCapture",
      "stopped");
  add_step<ecg::v1::SendStudyRequest, ecg::v1::SendStudyResponse>(
      exam, command, options, "send", "Accept the recording and send it", "SendStudy", "sent");
  add_step<ecg::v1::RetakeStudyRequest, ecg::v1::RetakeStudyResponse>(
      exam, command, options, "retake", "Set the recording aside and record again", "RetakeStudy",
      "set aside");
  add_step<ecg::v1::CancelExaminationRequest, ecg::v1::CancelExaminationResponse>(
      exam, command, options, "cancel", "Drop an examination without recording", "CancelExamination",
      "cancelled");

  auto* acknowledge = exam->add_subcommand("acknowledge", "Acknowledge a critical result, with read-back");
  acknowledge->add_option("STUDY", options->study)->required();
  acknowledge->add_option("--person", options->person, "Who takes note")->required();
  acknowledge->add_option("--read-back", options->read_back, "The finding, read back")->required();
  acknowledge->add_option("--action", options->action, "physician_told, ambulance, transfer")->required();
  acknowledge->callback([&command, options] {
    ecg::v1::AcknowledgeCriticalRequest request;
    request.set_study_id(options->study);
    request.set_person(options->person);
    request.set_read_back(options->read_back);
    request.set_action(options->action);
    command.run<ecg::v1::AcknowledgeCriticalResponse>(
        Program::kGateway, method("AcknowledgeCritical"), request,
        [](const auto&) { return std::string("acknowledged\n"); });
  });

  auto* report = exam->add_subcommand("report", "Open the report that came back");
  report->add_option("STUDY", options->study)->required();
  report->add_option("--version", options->version, "Default: the newest");
  report->add_option("--pdf", options->pdf, "File to write; '-' for standard output");
  report->callback([&command, options] {
    auto remote = Remote::open(command.remote, Program::kGateway);
    if (!remote.ok()) {
      command.exit_code = fail(remote.error(), command.output);
      return;
    }
    ecg::v1::OpenClinicReportRequest request;
    request.set_study_id(options->study);
    request.set_version(options->version);
    auto answer = remote->call<ecg::v1::OpenClinicReportResponse>(method("OpenClinicReport"), request);
    if (answer.ok() && !options->pdf.empty())
      if (auto written = write_new_file(options->pdf, answer->pdf()); !written.ok()) answer = written.error();
    if (answer.ok()) answer->clear_pdf();
    command.show<ecg::v1::OpenClinicReportResponse>(answer, [](const auto& response) {
      return "report version " + std::to_string(response.report().version()) + " signed by " +
             response.report().signer_name() + "\n";
    });
  });
}

void add_spool(CLI::App& app, Command& command) {
  const auto options = std::make_shared<Options>();
  auto* spool = app.add_subcommand("spool", "Studies kept at this clinic");
  spool->require_subcommand(1);
  spool->add_subcommand("ls", "Every study with its place on the receipt ladder")->callback([&command] {
    command.run<ecg::v1::ListClinicStudiesResponse>(Program::kGateway, method("ListClinicStudies"),
                                                    ecg::v1::ListClinicStudiesRequest{}, spool_table);
  });
  auto* exported = spool->add_subcommand("export", "Write a recording kept here as WFDB (OUT.hea, OUT.dat)");
  exported->add_option("STUDY", options->study)->required();
  exported->add_option("OUT", options->out, "Record name to write, ending in .hea")->required();
  exported->callback([&command, options] {
    auto remote = Remote::open(command.remote, Program::kGateway);
    if (!remote.ok()) {
      command.exit_code = fail(remote.error(), command.output);
      return;
    }
    ecg::v1::GetClinicWaveformRequest request;
    request.set_study_id(options->study);
    const auto answer =
        remote->call<ecg::v1::GetClinicWaveformResponse>(method("GetClinicWaveform"), request);
    command.exit_code = !answer.ok() ? fail(answer.error(), command.output)
                                     : export_waveform(answer->waveform(), options->out, command.output);
  });
}

// Puts a copy of the file, and of the signal files a WFDB header names, into the gateway's watched folder.
Result<std::string> submit(const Command& command, const std::string& file) {
  namespace fs = std::filesystem;
  std::error_code failed;
  if (!fs::exists(file, failed)) return Error{ErrorCode::kFileNotFound, file};
  ECG_ASSIGN(auto remote, Remote::open(command.remote, Program::kGateway));
  ECG_ASSIGN(const auto clinic,
             remote.call<ecg::v1::GetClinicResponse>(method("GetClinic"), ecg::v1::GetClinicRequest{}));
  if (clinic.clinic().watch_folder().empty())
    return Error{ErrorCode::kNotFound, "a watched folder: set watch_folder in the gateway's configuration"};
  const fs::path from(file), to(clinic.clinic().watch_folder());
  std::vector<fs::path> parts;
  if (from.extension() == ".hea")  // the header last, so that the record is whole when it is seen
    for (const auto& entry :
         fs::directory_iterator(from.parent_path().empty() ? "." : from.parent_path(), failed))
      if (entry.path().stem() == from.stem() && entry.path() != from &&
          (entry.path().extension() == ".dat" || entry.path().extension() == ".mat"))
        parts.push_back(entry.path());
  parts.push_back(from);
  for (const auto& part : parts)
    if (!fs::copy_file(part, to / part.filename(), failed) || failed)
      return Error{fs::exists(to / part.filename()) ? ErrorCode::kFileExists : ErrorCode::kFileUnreadable,
                   (to / part.filename()).string()};
  return (to / from.filename()).string();
}

}  // namespace

void add_clinic_commands(CLI::App& app, Command& command) {
  app.add_subcommand("clinic", "This clinic's line, device, clock and spool")->callback([&command] {
    command.run<ecg::v1::GetClinicResponse>(
        Program::kGateway, method("GetClinic"), ecg::v1::GetClinicRequest{},
        [](const auto& response) { return clinic_text(response.clinic()); });
  });
  add_exam(app, command);
  add_spool(app, command);
  app.add_subcommand("imports", "Files of the watched folder, with what became of them")
      ->callback([&command] {
        command.run<ecg::v1::ListImportsResponse>(
            Program::kGateway, method("ListImports"), ecg::v1::ListImportsRequest{},
            [](const auto& response) {
              Table table({"AT", "FILE", "OUTCOME", "STUDY", "KEPT AS"});
              for (const auto& f : response.files())
                table.row({time_of(f.has_at(), f.at()), f.file_name(),
                           f.error_code() == 0 ? "imported"
                                               : "E" + std::to_string(f.error_code()) + " " + f.subject(),
                           f.study_id().empty() ? "-" : f.study_id(), f.kept_as()});
              return table.empty() ? std::string("no files\n") : table.text();
            });
      });
  const auto options = std::make_shared<Options>();
  auto* sub = app.add_subcommand("submit", "Hand a device's file to this clinic's gateway, as a study");
  sub->add_option("FILE", options->file)->required();
  sub->callback([&command, options] {
    const auto put = submit(command, options->file);
    if (!put.ok())
      command.exit_code = fail(put.error(), command.output);
    else if (command.output.json)
      Command::print(nlohmann::json{{"schema", "ecg.submit"}, {"file", *put}}.dump() + "\n");
    else
      Command::print(*put + "\n");
  });
  auto* scenario = app.add_subcommand("scenario", "Let the simulated device play another scenario");
  scenario->add_option("SCENARIO", options->name, "For example: af:110,noise=20")->required();
  scenario->callback([&command, options] {
    ecg::v1::SetScenarioRequest request;
    request.set_scenario(options->name);
    command.run<ecg::v1::SetScenarioResponse>(Program::kGateway, method("SetScenario"), request,
                                              [](const auto&) { return std::string("playing\n"); });
  });
}

}  // namespace ecg::cli
