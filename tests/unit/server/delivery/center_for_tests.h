// A store with a site, and studies that are signed or critical.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include <gtest/gtest.h>

#include "ecg/v1/report.pb.h"

#include "common/base/clock.h"
#include "server/store/sqlite/sqlite_store.h"
#include "server/store/study_change.h"

namespace ecg::delivery {

class CenterFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "ecg-delivery-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    open_store();
    write([this](store::Transaction& t) -> Result<void> {
      store::SiteRecord site;
      site.id = SiteId("baishi");
      site.name = "白石镇卫生院";
      ECG_TRY(t.put_site(site));
      store::GatewayRecord gateway;
      gateway.id = GatewayId("g1");
      gateway.site = site.id;
      gateway.certificate_sha256 = "c1";
      gateway.expires_at = clock_.now();
      return t.put_gateway(gateway);
    });
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(directory_);
  }
  void open_store() {
    store_.reset();
    auto opened = store::open_sqlite_store(directory_, random_);
    ASSERT_TRUE(opened.ok());
    store_ = std::move(opened).value();
  }
  Result<void> try_write(store::Store::Change change) { return store_->write_wait(std::move(change)); }
  void write(store::Store::Change change) {
    const auto outcome = try_write(std::move(change));
    EXPECT_TRUE(outcome.ok()) << (outcome.ok() ? "" : message(outcome.error(), Language::kEnglish));
  }
  template <class T>
  T look(const std::function<Result<T>(const store::Snapshot&)>& reading) {
    std::optional<T> found;
    EXPECT_TRUE(store_
                    ->read([&](const store::Snapshot& s) -> Result<void> {
                      ECG_ASSIGN(found, reading(s));
                      return {};
                    })
                    .ok());
    return std::move(*found);
  }
  store::StudyRecord study(const std::string& id = "s1") {
    return *look<std::optional<store::StudyRecord>>(
        [&](const store::Snapshot& s) { return s.find_study(StudyId(id)); });
  }
  store::CriticalRecord critical(const std::string& id = "s1") {
    return *look<std::optional<store::CriticalRecord>>(
        [&](const store::Snapshot& s) { return s.find_critical(StudyId(id)); });
  }
  store::ReportRecord report(const std::string& id = "s1") {
    return *look<std::optional<store::ReportRecord>>(
        [&](const store::Snapshot& s) { return s.find_report(StudyId(id), 0, store::PdfChoice::kWith); });
  }

  // A study being read by p1.
  static store::StudyRecord being_read(const std::string& id, Timestamp now) {
    store::StudyRecord record;
    record.study.id = StudyId(id);
    record.study.site = SiteId("baishi");
    record.study.state = domain::StudyState::kReading;
    record.study.received_at = now;
    record.study.lease =
        domain::Lease{PersonId("p1"), 1, now + std::chrono::minutes{5}, domain::LeaseKind::kReading};
    record.study.last_token = 1;
    record.reader_name = "王医生";
    record.created_at = now;
    return record;
  }
  // Signed by its reader, as the reading stage does it.
  void sign(const std::string& id = "s1") {
    write([&](store::Transaction& t) -> Result<void> {
      domain::Event signed_event;
      signed_event.kind = domain::StudyEvent::kSigned;
      signed_event.actor = PersonId("p1");
      signed_event.token = 1;
      ECG_ASSIGN(const auto change,
                 store::change_study(t, being_read(id, clock_.now()), signed_event, clock_.now()));
      v1::Report message;
      message.set_study_id(id);
      message.set_version(1);
      message.set_text("窦性心律");
      store::ReportRecord record;
      record.study = StudyId(id);
      record.site = SiteId("baishi");
      record.version = change.study.study.report_version;
      record.signer = PersonId("p1");
      record.signed_at = clock_.now();
      record.report = message.SerializeAsString();
      record.delivery.pending_since = clock_.now();
      return t.add_report(record);
    });
  }
  void render(const std::string& id = "s1") {
    write([&](store::Transaction& t) -> Result<void> {
      ECG_TRY(t.put_report_pdf(StudyId(id), 1, "%PDF-1"));
      store::EventRecord event;
      event.kind = store::EventKind::kReportRendered;
      event.study = StudyId(id);
      event.site = SiteId("baishi");
      event.version = 1;
      return t.append_event(event);
    });
  }
  // A critical result in this state, with its event.
  void put_critical(domain::CriticalState state, bool confirmed, const std::string& id = "s1") {
    write([&](store::Transaction& t) -> Result<void> {
      ECG_ASSIGN(const auto known, t.find_study(StudyId(id)));
      if (!known) {
        auto record = being_read(id, clock_.now());
        record.study.open_critical = domain::CriticalTier::kCritical;
        ECG_TRY(t.put_study(record));
      }
      store::CriticalRecord record;
      record.study = StudyId(id);
      record.site = SiteId("baishi");
      record.result.state = state;
      record.result.confirmed = confirmed;
      record.result.detected_at = clock_.now();
      if (confirmed) record.result.confirmed_at = clock_.now();
      record.codes = {"VF"};
      record.confirmed_by_name = confirmed ? "王医生" : "";
      ECG_TRY(t.put_critical(record));
      store::EventRecord event;
      event.kind = store::EventKind::kCriticalChanged;
      event.study = record.study;
      event.site = record.site;
      return t.append_event(event);
    });
  }

  std::string directory_;
  SeededRandom random_{3};
  ManualClock clock_{from_micros(1'700'000'000'000'000)};
  std::unique_ptr<store::Store> store_;
};

}  // namespace ecg::delivery
