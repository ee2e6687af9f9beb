#include "server/reporting/report_stage.h"

#include <string>
#include <variant>
#include <vector>

#include "common/base/log.h"
#include "server/reporting/render_pdf.h"
#include "server/store/stored_recording.h"

namespace ecg::reporting {
namespace {

constexpr std::size_t kReportsAtOnce = 64;
constexpr std::chrono::seconds kTryAgainAfter{30};
constexpr std::size_t kPdfBytesMax = 900 * 1024;  // of a delivery (exchange.proto)

Result<dsp::Recording> load_source(const store::Snapshot& snapshot, const store::ReportRecord& record,
                                   ReportSource& source) {
  ECG_ASSIGN(auto study, snapshot.find_study(record.study));
  if (!study) return Error{ErrorCode::kNotFound, "study " + record.study.value};
  source.study = std::move(*study);
  if (!source.registration.ParseFromString(source.study.registration) ||
      !source.report.ParseFromString(record.report)) {
    return Error{ErrorCode::kStorageDamaged, "study " + record.study.value};
  }
  ECG_ASSIGN(const auto analysis, snapshot.find_analysis(record.study));
  const bool of_this_trace = analysis && analysis->attempt == source.study.study.attempt;
  if (of_this_trace && !source.analysis.ParseFromString(analysis->analysis)) source.analysis.Clear();
  ECG_ASSIGN(const auto site, snapshot.find_site(record.site));
  source.site_name = site ? site->name : record.site.value;
  ECG_ASSIGN(auto stored, store::load_recording(snapshot, source.study.upload));
  source.format = std::move(stored.format);
  return std::move(stored.recording);
}

}  // namespace

Result<std::unique_ptr<ReportStage>> ReportStage::start(store::Store& store, const Clock& clock,
                                                        Metrics& metrics, PrintOptions options) {
  std::unique_ptr<ReportStage> stage(new ReportStage(store, clock, metrics, std::move(options)));
  std::uint64_t last = 0;
  ECG_TRY(store.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(last, snapshot.last_event());
    return {};
  }));
  ReportStage* self = stage.get();
  stage->follower_ = std::make_unique<store::EventFollower>(
      store, "reporting", last, [self](const store::EventRecord& event) {
        if (event.effect && std::holds_alternative<domain::RenderReport>(*event.effect)) self->wake();
      });
  stage->thread_ = std::thread([self] { self->run(); });
  return stage;
}

ReportStage::ReportStage(store::Store& store, const Clock& clock, Metrics& metrics, PrintOptions options)
    : store_(store),
      clock_(clock),
      options_(std::move(options)),
      seconds_(
          metrics.histogram("ecg_report_render_seconds", "Drawing one report", Metrics::latency_bounds())),
      failed_(metrics.counter("ecg_report_render_failed_total",
                              "Reports that could not be drawn and are tried again")) {}

ReportStage::~ReportStage() {
  follower_.reset();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void ReportStage::wake() {
  {
    const std::lock_guard lock(mutex_);
    wanted_ = true;
  }
  wake_.notify_one();
}

void ReportStage::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wanted_ = false;
    lock.unlock();
    const bool more = render_some();
    lock.lock();
    if (!more) wake_.wait_for(lock, kTryAgainAfter, [this] { return stopping_ || wanted_; });
  }
}

bool ReportStage::render_some() {
  std::vector<store::ReportRecord> waiting;
  const auto read = store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(waiting, snapshot.reports_without_pdf(kReportsAtOnce + not_before_.size()));
    return {};
  });
  if (!read.ok()) {
    log::warning("reports_unreadable", read.error());
    return false;
  }
  bool rendered = false;
  for (const auto& report : waiting) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return false;
    }
    const Key key{report.study, report.version};
    const auto held = not_before_.find(key);
    const auto begun = std::chrono::steady_clock::now();
    if (held != not_before_.end() && begun < held->second) continue;
    const auto outcome = render(report);
    if (outcome.ok()) {
      not_before_.erase(key);
      seconds_.observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
      rendered = true;
    } else {
      not_before_[key] = begun + kTryAgainAfter;
      failed_.add();
      log::error("report_not_rendered", outcome.error(),
                 {{"study", report.study.value}, {"version", report.version}});
    }
  }
  return rendered && waiting.size() >= kReportsAtOnce;
}

Result<void> ReportStage::render(const store::ReportRecord& report) {
  ReportSource source;
  dsp::Recording recording;
  ECG_TRY(store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(recording, load_source(snapshot, report, source));
    return {};
  }));
  ECG_ASSIGN(const std::string pdf, render_pdf(document_of(source, options_), recording));
  if (pdf.size() > kPdfBytesMax) return Error{ErrorCode::kTooLarge, "report of study " + report.study.value};
  const Timestamp now = clock_.now();
  return store_.write_wait([&](store::Transaction& transaction) -> Result<void> {
    ECG_TRY(transaction.put_report_pdf(report.study, report.version, pdf));
    store::EventRecord rendered;
    rendered.kind = store::EventKind::kReportRendered;
    rendered.study = report.study;
    rendered.site = report.site;
    rendered.at = now;
    rendered.version = report.version;
    return transaction.append_event(rendered);
  });
}

}  // namespace ecg::reporting
