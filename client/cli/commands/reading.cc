// worklist, claim, release, study, waveform, sign, amend, return, critical, report: what a reader does.
#include <memory>

#include "ecg/v1/reading.pb.h"
#include "ecg/v1/worklist.pb.h"

#include "client/cli/command.h"
#include "client/cli/export.h"

namespace ecg::cli {
namespace {

constexpr auto kReading = "ecg.v1.ReadingService/";

std::string method(const char* name) {
  return std::string(kReading) + name;
}

std::string study_table(const google::protobuf::RepeatedPtrField<ecg::v1::StudySummary>& studies,
                        const google::protobuf::Timestamp& now) {
  Table table({"CLASS", "WAIT", "STATE", "SITE", "PATIENT", "SEX", "QUALITY", "CRITICAL", "READER", "STUDY"});
  for (const auto& s : studies)
    table.row({short_name(ecg::v1::Priority_Name(s.priority()), "PRIORITY_"),
               age_of(s.has_received_at(), s.received_at(), now),
               short_name(ecg::v1::StudyState_Name(s.state()), "STUDY_STATE_"), s.site_name(),
               s.patient().name(), short_name(ecg::v1::Sex_Name(s.patient().sex()), "SEX_"),
               s.analysis_state() == ecg::v1::ANALYSIS_STATE_FAILED
                   ? "not analysed"
                   : short_name(ecg::v1::QualityGrade_Name(s.quality()), "QUALITY_GRADE_"),
               s.critical() == ecg::v1::CRITICAL_STATE_UNSPECIFIED
                   ? "-"
                   : short_name(ecg::v1::CriticalState_Name(s.critical()), "CRITICAL_STATE_"),
               s.reader_name().empty() ? "-" : s.reader_name(), s.id()});
  return table.empty() ? "no study is waiting\n" : table.text();
}

std::string claim_text(const ecg::v1::ClaimStudyResponse& response) {
  return "study " + response.study().summary().id() + "\nlease " + std::to_string(response.lease().token()) +
         " until " + time_of(response.lease().has_expires_at(), response.lease().expires_at()) + "\n";
}

std::string report_text(const ecg::v1::Report& report) {
  std::string text = "report version " + std::to_string(report.version()) + " " +
                     short_name(ecg::v1::ReportStatus_Name(report.status()), "REPORT_STATUS_") +
                     ", signed by " + report.signer_name() + " " +
                     time_of(report.has_signed_at(), report.signed_at()) + ", delivery " +
                     short_name(ecg::v1::DeliveryState_Name(report.delivery()), "DELIVERY_STATE_") + "\n";
  for (const auto& finding : report.findings())
    text += "  " + finding.code() + (finding.qualifier().empty() ? "" : " " + finding.qualifier()) + "\n";
  if (!report.text().empty()) text += "  " + report.text() + "\n";
  if (!report.advice().empty()) text += "  -> " + report.advice() + "\n";
  return text;
}

struct SignOptions {
  std::string study;
  std::uint64_t lease = 0;
  std::vector<std::string> findings;
  std::string text, advice, reason, note;
  std::uint32_t version = 0;
  bool correction = false, confirm = false, refute = false;
};

template <class Request>
void fill_findings(Request& request, const SignOptions& options) {
  for (const auto& code : options.findings) {
    auto* finding = request.add_findings();
    const auto at = code.find(' ');  // "STE V1-V4"
    finding->set_code(code.substr(0, at));
    if (at != std::string::npos) finding->set_qualifier(code.substr(at + 1));
    finding->set_certainty(ecg::v1::CERTAINTY_DEFINITE);
  }
  request.set_text(options.text);
  request.set_advice(options.advice);
}

void add_finding_options(CLI::App* sub, SignOptions& options) {
  sub->add_option("--finding", options.findings,
                  "Statement code, with leads after a space: \"STE V1-V4\"; repeatable");
  sub->add_option("--text", options.text, "Free text");
  sub->add_option("--advice", options.advice, "What the clinic should do");
}

void add_worklist(CLI::App& app, Command& command) {
  const auto site = std::make_shared<std::string>();
  const auto all = std::make_shared<bool>(false);
  auto* sub = app.add_subcommand("worklist", "What waits to be read, in reading order");
  sub->add_option("--site", *site, "Only this site");
  sub->add_flag("--all", *all, "Every study of any state, newest first");
  sub->callback([&command, site, all] {
    if (*all) {
      ecg::v1::ListStudiesRequest request;
      request.set_site_id(*site);
      command.run<ecg::v1::ListStudiesResponse>(
          Program::kCenter, "ecg.v1.WorklistService/ListStudies", request, [](const auto& response) {
            return study_table(response.studies(), google::protobuf::Timestamp{});
          });
      return;
    }
    ecg::v1::ListWorklistRequest request;
    request.set_site_id(*site);
    command.run<ecg::v1::ListWorklistResponse>(
        Program::kCenter, "ecg.v1.WorklistService/ListWorklist", request,
        [](const auto& response) { return study_table(response.studies(), response.as_of()); });
  });
}

void add_claim(CLI::App& app, Command& command) {
  struct Options {
    std::string study;
    bool take_over = false;
  };
  const auto options = std::make_shared<Options>();
  auto* sub = app.add_subcommand("claim", "Take a study to read: its id, or 'next'");
  sub->add_option("STUDY", options->study)->required();
  sub->add_flag("--take-over", options->take_over,
                "A STAT study another reader has not signed for 3 minutes");
  sub->callback([&command, options] {
    if (options->study == "next") {
      command.run<ecg::v1::ClaimStudyResponse>(Program::kCenter, method("ClaimNext"),
                                               ecg::v1::ClaimNextRequest{}, claim_text);
      return;
    }
    ecg::v1::ClaimStudyRequest request;
    request.set_study_id(options->study);
    request.set_take_over(options->take_over);
    command.run<ecg::v1::ClaimStudyResponse>(Program::kCenter, method("ClaimStudy"), request, claim_text);
  });
}

void add_release_and_return(CLI::App& app, Command& command) {
  const auto options = std::make_shared<SignOptions>();
  auto* release = app.add_subcommand("release", "Give a claimed study back; the draft is kept");
  release->add_option("STUDY", options->study)->required();
  release->add_option("--lease", options->lease, "Lease token from claim")->required();
  release->callback([&command, options] {
    ecg::v1::ReleaseStudyRequest request;
    request.set_study_id(options->study);
    request.set_lease_token(options->lease);
    command.run<ecg::v1::ReleaseStudyResponse>(Program::kCenter, method("ReleaseStudy"), request,
                                               [](const auto&) { return std::string("released\n"); });
  });
  auto* back = app.add_subcommand("return", "Send a study back to the clinic for a new recording");
  back->add_option("STUDY", options->study)->required();
  back->add_option("--lease", options->lease, "Lease token from claim")->required();
  back->add_option("--reason", options->reason, "Why")
      ->required()
      ->check(CLI::IsMember({"lead_off", "lead_reversal", "noise", "wrong_patient", "too_short"}));
  back->add_option("--note", options->note, "For the operator");
  back->callback([&command, options] {
    ecg::v1::ReturnStudyRequest request;
    request.set_study_id(options->study);
    request.set_lease_token(options->lease);
    request.set_reason_code(options->reason);
    request.set_note(options->note);
    command.run<ecg::v1::ReturnStudyResponse>(
        Program::kCenter, method("ReturnStudy"), request,
        [](const auto&) { return std::string("returned to the clinic\n"); });
  });
}

void add_sign(CLI::App& app, Command& command) {
  const auto options = std::make_shared<SignOptions>();
  auto* sub = app.add_subcommand("sign", "Sign the report of a claimed study");
  sub->add_option("STUDY", options->study)->required();
  sub->add_option("--lease", options->lease, "Lease token from claim")->required();
  add_finding_options(sub, *options);
  sub->callback([&command, options] {
    ecg::v1::SignReportRequest request;
    request.set_study_id(options->study);
    request.set_lease_token(options->lease);
    fill_findings(request, *options);
    command.run<ecg::v1::SignReportResponse>(
        Program::kCenter, method("SignReport"), request,
        [](const auto& response) { return report_text(response.report()); });
  });
}

void add_amend(CLI::App& app, Command& command) {
  const auto options = std::make_shared<SignOptions>();
  auto* sub = app.add_subcommand("amend", "A new version of a signed report");
  sub->add_option("STUDY", options->study)->required();
  sub->add_option("--version", options->version, "The version being changed")->required();
  sub->add_option("--reason", options->reason, "Why")->required();
  sub->add_flag("--correction", options->correction, "It fixes an error (CORRECTED, not AMENDED)");
  add_finding_options(sub, *options);
  sub->callback([&command, options] {
    ecg::v1::AmendReportRequest request;
    request.set_study_id(options->study);
    request.set_version(options->version);
    request.set_reason(options->reason);
    request.set_correction(options->correction);
    fill_findings(request, *options);
    command.run<ecg::v1::AmendReportResponse>(
        Program::kCenter, method("AmendReport"), request,
        [](const auto& response) { return report_text(response.report()); });
  });
}

void add_critical(CLI::App& app, Command& command) {
  const auto options = std::make_shared<SignOptions>();
  auto* sub =
      app.add_subcommand("critical", "Confirm or refute a suspected critical result of a claimed study");
  sub->add_option("STUDY", options->study)->required();
  sub->add_option("--lease", options->lease, "Lease token from claim")->required();
  auto* confirm = sub->add_flag("--confirm", options->confirm, "The clinic is told at once");
  sub->add_flag("--refute", options->refute, "It is not one")->excludes(confirm);
  sub->add_option("--finding", options->findings, "Statement code; repeatable");
  sub->add_option("--text", options->text, "In your own words");
  sub->callback([&command, options] {
    if (options->confirm == options->refute) {
      command.exit_code = fail(Error{ErrorCode::kUsage, "give --confirm or --refute"}, command.output);
      return;
    }
    ecg::v1::DecideCriticalRequest request;
    request.set_study_id(options->study);
    request.set_lease_token(options->lease);
    request.set_confirm(options->confirm);
    for (const auto& code : options->findings) request.add_codes(code);
    request.set_text(options->text);
    command.run<ecg::v1::DecideCriticalResponse>(
        Program::kCenter, method("DecideCritical"), request, [](const auto& response) {
          return short_name(ecg::v1::CriticalState_Name(response.critical()), "CRITICAL_STATE_") + "\n";
        });
  });
}

std::string detail_text(const ecg::v1::GetStudyResponse& response) {
  const auto& study = response.study();
  google::protobuf::RepeatedPtrField<ecg::v1::StudySummary> one;
  *one.Add() = study.summary();
  std::string text = study_table(one, google::protobuf::Timestamp{});
  text += "received " + time_of(study.summary().has_received_at(), study.summary().received_at()) +
          ", deadline " + time_of(study.summary().has_deadline(), study.summary().deadline()) + "\n";
  if (study.has_analysis()) {
    text += "automatic pre-analysis - not a diagnosis - must be confirmed by a physician (" +
            study.analysis().algorithm() + " " + study.analysis().algorithm_version() + ")\n";
    for (const auto& m : study.analysis().measurements())
      if (m.lead().empty() && m.has_value())
        text += "  " + short_name(ecg::v1::MeasurementKind_Name(m.kind()), "MEASUREMENT_KIND_") + " " +
                std::to_string(static_cast<int>(m.value() + (m.value() < 0 ? -0.5 : 0.5))) + "\n";
    for (const auto& f : study.analysis().findings())
      if (f.code() != "NORMAL" && f.code() != "BORDERLINE") text += "  " + f.code() + "\n";
    text += "  " + short_name(ecg::v1::Urgency_Name(study.analysis().urgency()), "URGENCY_") + "\n";
  }
  for (const auto& report : response.reports()) text += report_text(report);
  return text;
}

void add_study(CLI::App& app, Command& command) {
  struct Options {
    std::string study, out;
  };
  const auto options = std::make_shared<Options>();
  auto* study = app.add_subcommand("study", "Look at one study, or export its recording");
  study->require_subcommand(1);
  auto* show = study->add_subcommand("show", "State, measurements, findings, reports");
  show->add_option("STUDY", options->study)->required();
  show->callback([&command, options] {
    ecg::v1::GetStudyRequest request;
    request.set_study_id(options->study);
    command.run<ecg::v1::GetStudyResponse>(Program::kCenter, method("GetStudy"), request, detail_text);
  });
  auto* exported = study->add_subcommand("export", "Write the stored recording as WFDB (OUT.hea, OUT.dat)");
  exported->add_option("STUDY", options->study)->required();
  exported->add_option("OUT", options->out, "Record name to write, ending in .hea")->required();
  exported->callback([&command, options] {
    auto remote = Remote::open(command.remote, Program::kCenter);
    if (!remote.ok()) {
      command.exit_code = fail(remote.error(), command.output);
      return;
    }
    ecg::v1::GetWaveformRequest request;
    request.set_study_id(options->study);
    const auto answer = remote->call<ecg::v1::GetWaveformResponse>(method("GetWaveform"), request);
    command.exit_code = !answer.ok() ? fail(answer.error(), command.output)
                                     : export_waveform(answer->waveform(), options->out, command.output);
  });
}

void add_report(CLI::App& app, Command& command) {
  struct Options {
    std::string study, pdf;
    std::uint32_t version = 0;
  };
  const auto options = std::make_shared<Options>();
  auto* report = app.add_subcommand("report", "Signed reports");
  report->require_subcommand(1);
  auto* show = report->add_subcommand("show", "One report; --pdf writes the document");
  show->add_option("STUDY", options->study)->required();
  show->add_option("--version", options->version, "Default: the newest");
  show->add_option("--pdf", options->pdf, "File to write; '-' for standard output");
  show->callback([&command, options] {
    auto remote = Remote::open(command.remote, Program::kCenter);
    if (!remote.ok()) {
      command.exit_code = fail(remote.error(), command.output);
      return;
    }
    ecg::v1::GetReportRequest request;
    request.set_study_id(options->study);
    request.set_version(options->version);
    request.set_with_pdf(!options->pdf.empty());
    auto answer = remote->call<ecg::v1::GetReportResponse>(method("GetReport"), request);
    if (answer.ok() && !options->pdf.empty()) {
      if (answer->pdf().empty())
        answer = Error{ErrorCode::kNotFound, "the PDF is still being made", "", 1000};
      else if (auto written = write_new_file(options->pdf, answer->pdf()); !written.ok())
        answer = written.error();
      if (answer.ok()) answer->clear_pdf();
    }
    command.show<ecg::v1::GetReportResponse>(
        answer, [](const auto& response) { return report_text(response.report()); });
  });
}

}  // namespace

void add_reading_commands(CLI::App& app, Command& command) {
  add_worklist(app, command);
  add_claim(app, command);
  add_release_and_return(app, command);
  add_sign(app, command);
  add_amend(app, command);
  add_critical(app, command);
  add_study(app, command);
  add_report(app, command);
}

}  // namespace ecg::cli
