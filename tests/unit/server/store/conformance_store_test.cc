// What every engine promises. Nothing here knows which one it is.
#include <atomic>
#include <future>

#include "tests/unit/server/store/engines.h"
#include "tests/unit/server/store/records_for_tests.h"

namespace ecg::store {
namespace {

using domain::Priority;

class StoreTest : public StoreConformance {};
INSTANTIATE_TEST_SUITE_P(Engines, StoreTest, ::testing::ValuesIn(engines()), engine_name);

std::vector<std::string> ids(const std::vector<StudyRecord>& studies) {
  std::vector<std::string> result;
  for (const auto& s : studies) result.push_back(s.study.id.value);
  return result;
}

TEST_P(StoreTest, EveryFieldOfAStudySurvivesARestart) {
  open();
  expect_written([](Transaction& t) { return t.put_study(some_study()); });
  open();
  expect_read([](const Snapshot& s) -> Result<void> {
    ECG_ASSIGN(const auto found, s.find_study(StudyId("s1")));
    EXPECT_TRUE(found.has_value());
    const auto wanted = some_study();
    EXPECT_EQ(found->study, wanted.study);
    EXPECT_EQ(found->upload, wanted.upload);
    EXPECT_EQ(found->registration, wanted.registration);
    EXPECT_EQ(found->analysis, wanted.analysis);
    EXPECT_EQ(found->duration_s, wanted.duration_s);
    EXPECT_EQ(found->reader_name, wanted.reader_name);
    EXPECT_EQ(found->created_at, wanted.created_at);
    EXPECT_EQ(found->return_reason, wanted.return_reason);
    return {};
  });
}

TEST_P(StoreTest, AStudyKeepsItsNumberWhenItChanges) {
  open();
  expect_written([](Transaction& t) -> Result<void> {
    ECG_TRY(t.put_study(some_study("a")));
    ECG_TRY(t.put_study(some_study("b")));
    ECG_ASSIGN(auto a, t.find_study(StudyId("a")));
    const auto number = a->number;
    a->study.partial = false;
    a->study.lease.reset();
    ECG_TRY(t.put_study(*a));
    ECG_ASSIGN(const auto again, t.find_study(StudyId("a")));
    EXPECT_EQ(again->number, number);
    EXPECT_FALSE(again->study.lease.has_value());
    return {};
  });
}

TEST_P(StoreTest, WorklistIsByClassThenDeadlineThenArrival) {
  open();
  expect_written([](Transaction& t) -> Result<void> {
    ECG_TRY(t.put_study(queued_study("routine-old", Priority::kRoutine, at(0))));
    ECG_TRY(t.put_study(queued_study("stat-new", Priority::kStat, at(100))));
    ECG_TRY(t.put_study(queued_study("urgent", Priority::kUrgent, at(50))));
    ECG_TRY(t.put_study(queued_study("stat-old", Priority::kStat, at(90))));
    auto being_read = queued_study("read", Priority::kStat, at(95));
    being_read.study.state = domain::StudyState::kReading;
    ECG_TRY(t.put_study(being_read));
    auto done = queued_study("done", Priority::kStat, at(1));
    done.study.state = domain::StudyState::kFinal;
    return t.put_study(done);
  });
  expect_read([](const Snapshot& s) -> Result<void> {
    ECG_ASSIGN(const auto all, s.worklist({}));
    EXPECT_EQ(ids(all.studies),
              (std::vector<std::string>{"stat-old", "read", "stat-new", "urgent", "routine-old"}));
    EXPECT_EQ(all.total, 5U);
    WorklistQuery waiting;
    waiting.being_read = false;
    waiting.limit = 2;
    ECG_ASSIGN(const auto page, s.worklist(waiting));
    EXPECT_EQ(ids(page.studies), (std::vector<std::string>{"stat-old", "stat-new"}));
    EXPECT_EQ(page.total, 4U);
    WorklistQuery elsewhere;
    elsewhere.site = SiteId("other");
    ECG_ASSIGN(const auto none, s.worklist(elsewhere));
    EXPECT_TRUE(none.studies.empty());
    return {};
  });
}

TEST_P(StoreTest, StudiesArePagedNewestFirst) {
  open();
  expect_written([](Transaction& t) -> Result<void> {
    for (const char* id : {"a", "b", "c", "d"})
      ECG_TRY(t.put_study(queued_study(id, Priority::kRoutine, at(0))));
    return {};
  });
  expect_read([](const Snapshot& s) -> Result<void> {
    StudiesQuery query;
    query.limit = 3;
    ECG_ASSIGN(const auto first, s.studies(query));
    EXPECT_EQ(ids(first), (std::vector<std::string>{"d", "c", "b"}));
    query.before_number = first.back().number;
    ECG_ASSIGN(const auto second, s.studies(query));
    EXPECT_EQ(ids(second), (std::vector<std::string>{"a"}));
    query = {};
    query.states = {domain::StudyState::kFinal};
    ECG_ASSIGN(const auto final, s.studies(query));
    EXPECT_TRUE(final.empty());
    return {};
  });
}

TEST_P(StoreTest, BlocksComeBackInOrderAndUnchanged) {
  open();
  expect_written([](Transaction& t) -> Result<void> {
    ECG_TRY(t.put_upload(some_upload()));
    for (std::uint64_t i = 0; i < 5; ++i) {
      ECG_TRY(t.append_block(UploadId("u1"), {i * 100, 100, std::string(1000, static_cast<char>(i))}));
    }
    return {};
  });
  open();
  expect_read([](const Snapshot& s) -> Result<void> {
    std::uint64_t next = 0;
    ECG_TRY(s.read_blocks(UploadId("u1"), [&](const BlockRecord& block) -> Result<void> {
      EXPECT_EQ(block.first_frame, next);
      EXPECT_EQ(block.block, std::string(1000, static_cast<char>(next / 100)));
      next += block.frame_count;
      return {};
    }));
    EXPECT_EQ(next, 500U);
    ECG_ASSIGN(const auto upload, s.find_upload(UploadId("u1")));
    EXPECT_EQ(upload->durable_frames, 500U);
    EXPECT_EQ(upload->stored_bytes, 5000U);
    EXPECT_EQ(upload->attempt, 2);
    EXPECT_EQ(upload->format, some_upload().format);
    return {};
  });
}

TEST_P(StoreTest, ABlockThatDoesNotContinueAnOpenUploadIsRefused) {
  open();
  expect_written([](Transaction& t) -> Result<void> {
    ECG_TRY(t.put_upload(some_upload()));
    ECG_TRY(t.append_block(UploadId("u1"), {0, 100, "x"}));
    EXPECT_EQ(t.append_block(UploadId("u1"), {200, 100, "x"}).error().code, ErrorCode::kUploadOffsetMismatch);
    EXPECT_EQ(t.append_block(UploadId("u1"), {50, 100, "x"}).error().code, ErrorCode::kUploadOffsetMismatch);
    EXPECT_EQ(t.append_block(UploadId("u9"), {0, 100, "x"}).error().code, ErrorCode::kNotFound);
    ECG_ASSIGN(auto upload, t.find_upload(UploadId("u1")));
    EXPECT_EQ(upload->durable_frames, 100U);
    upload->state = UploadState::kClosed;
    ECG_TRY(t.put_upload(*upload));
    EXPECT_EQ(t.append_block(UploadId("u1"), {100, 100, "x"}).error().code, ErrorCode::kUploadClosed);
    return {};
  });
}

TEST_P(StoreTest, ARefusedChangeLeavesNothingBehind) {
  open();
  const auto refused = store_->write_wait([](Transaction& t) -> Result<void> {
    ECG_TRY(t.put_study(some_study()));
    return Error{ErrorCode::kStale, "x"};
  });
  EXPECT_EQ(refused.error().code, ErrorCode::kStale);
  expect_read([](const Snapshot& s) -> Result<void> {
    ECG_ASSIGN(const auto found, s.find_study(StudyId("s1")));
    EXPECT_FALSE(found.has_value());
    return {};
  });
}

TEST_P(StoreTest, OneReadSeesOneMoment) {
  open();
  expect_written([](Transaction& t) { return t.put_site(some_site("aa")); });
  expect_read([this](const Snapshot& s) -> Result<void> {
    ECG_ASSIGN(const auto before, s.sites());
    std::promise<void> written;
    store_->write([](Transaction& t) { return t.put_site(some_site("bb")); },
                  [&](const Result<void>&) { written.set_value(); });
    written.get_future().wait();
    ECG_ASSIGN(const auto after, s.sites());
    EXPECT_EQ(before.size(), after.size());
    return {};
  });
  expect_read([](const Snapshot& s) -> Result<void> {
    ECG_ASSIGN(const auto now, s.sites());
    EXPECT_EQ(now.size(), 2U);
    return {};
  });
}

TEST_P(StoreTest, GatewayIsFoundByItsCertificate) {
  open();
  expect_written([](Transaction& t) -> Result<void> {
    ECG_TRY(t.put_site(some_site()));
    ECG_TRY(t.put_gateway(some_gateway()));
    return t.put_heartbeat(GatewayId("g1"), at(9), std::string("h\0b", 3));
  });
  expect_read([](const Snapshot& s) -> Result<void> {
    ECG_ASSIGN(const auto found, s.find_gateway_by_certificate(some_gateway().certificate_sha256));
    EXPECT_TRUE(found.has_value());
    EXPECT_EQ(found->id, GatewayId("g1"));
    EXPECT_EQ(found->last_heartbeat_at, at(9));
    EXPECT_EQ(found->heartbeat, std::string("h\0b", 3));
    EXPECT_FALSE(found->revoked_at.has_value());
    ECG_ASSIGN(const auto other, s.find_gateway_by_certificate("other"));
    EXPECT_FALSE(other.has_value());
    return {};
  });
}

TEST_P(StoreTest, EnrolmentCodesOfASiteEndTogether) {
  open();
  expect_written([](Transaction& t) -> Result<void> {
    ECG_TRY(t.put_site(some_site()));
    EnrolmentCodeRecord code;
    code.secret_sha256 = "secret";
    code.site = SiteId("baishi");
    code.expires_at = at(5);
    code.response = "resp";
    ECG_TRY(t.put_enrolment_code(code));
    return t.end_enrolment_codes(SiteId("baishi"));
  });
  expect_read([](const Snapshot& s) -> Result<void> {
    ECG_ASSIGN(const auto code, s.find_enrolment_code("secret"));
    EXPECT_TRUE(code && code->ended);
    EXPECT_EQ(code->response, "resp");
    EXPECT_EQ(code->expires_at, at(5));
    return {};
  });
}

TEST_P(StoreTest, UserNamesAreUnique) {
  open();
  expect_written([](Transaction& t) -> Result<void> {
    ECG_TRY(t.put_person(some_person("p1")));
    auto other = some_person("p2");
    other.user_name = "user-p1";
    EXPECT_EQ(t.put_person(other).error().code, ErrorCode::kAlreadyDone);
    ECG_ASSIGN(const auto found, t.find_person_by_user_name("user-p1"));
    EXPECT_EQ(found->id, PersonId("p1"));
    EXPECT_EQ(found->display_name, "王医生");
    return {};
  });
}

TEST_P(StoreTest, SessionsEndOneByOneByPersonAndByTime) {
  open();
  expect_written([](Transaction& t) -> Result<void> {
    ECG_TRY(t.put_person(some_person("p1")));
    ECG_TRY(t.put_person(some_person("p2")));
    ECG_TRY(t.put_session({"a", PersonId("p1"), at(0), at(50), at(100), "127.0.0.1"}));
    ECG_TRY(t.put_session({"b", PersonId("p1"), at(0), at(60), at(200), ""}));
    ECG_TRY(t.put_session({"c", PersonId("p2"), at(0), at(10), at(200), ""}));
    ECG_ASSIGN(const auto online, t.sessions_seen_since(at(40), 4));
    EXPECT_EQ(online, 1U);
    ECG_ASSIGN(const auto other_role, t.sessions_seen_since(at(0), 8));
    EXPECT_EQ(other_role, 0U);
    ECG_TRY(t.erase_sessions_expired(at(100)));
    ECG_ASSIGN(const auto expired, t.find_session("a"));
    EXPECT_FALSE(expired.has_value());
    ECG_TRY(t.erase_sessions_of(PersonId("p1")));
    ECG_ASSIGN(const auto of_person, t.find_session("b"));
    EXPECT_FALSE(of_person.has_value());
    ECG_TRY(t.erase_session("c"));
    ECG_ASSIGN(const auto one, t.find_session("c"));
    EXPECT_FALSE(one.has_value());
    return {};
  });
}

TEST_P(StoreTest, EventsAreReadAfterAPositionAndNumbersAreNeverReused) {
  open();
  std::uint64_t last = 0;
  expect_written([&](Transaction& t) -> Result<void> {
    for (int i = 0; i < 3; ++i) {
      EventRecord event;
      event.study = StudyId("s" + std::to_string(i));
      event.at = at(i);
      if (i == 1) {
        event.kind = EventKind::kEffect;
        event.effect = domain::RenderReport{2, domain::ReportStatus::kFinal};
      }
      ECG_TRY(t.append_event(event));
    }
    ECG_ASSIGN(last, t.last_event());
    ECG_ASSIGN(const auto events, t.events_after(last - 2, 10));
    EXPECT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0].effect, domain::Effect(domain::RenderReport{2, domain::ReportStatus::kFinal}));
    ECG_TRY(t.put_position("delivery", last));
    return t.erase_events_before(last + 1);
  });
  open();
  expect_written([&](Transaction& t) -> Result<void> {
    ECG_ASSIGN(const auto position, t.position("delivery"));
    EXPECT_EQ(position, last);
    ECG_TRY(t.append_event({}));
    ECG_ASSIGN(const auto events, t.events_after(position, 10));
    EXPECT_EQ(events.size(), 1U);
    EXPECT_GT(events[0].seq, last);
    return {};
  });
}

TEST_P(StoreTest, ListenersAreWokenAfterCommitsWithEventsOnly) {
  open();
  std::atomic<std::uint64_t> newest{0};
  std::atomic<int> calls{0};
  const auto subscription = store_->subscribe([&](std::uint64_t last) {
    newest = last;
    ++calls;
  });
  expect_written([](Transaction& t) { return t.put_site(some_site()); });
  EXPECT_EQ(calls, 0);
  expect_written([](Transaction& t) { return t.append_event({}); });
  EXPECT_EQ(calls, 1);
  expect_read([&](const Snapshot& s) -> Result<void> {
    ECG_ASSIGN(const auto last, s.last_event());
    EXPECT_EQ(newest, last);
    return {};
  });
  store_->unsubscribe(subscription);
  expect_written([](Transaction& t) { return t.append_event({}); });
  EXPECT_EQ(calls, 1);
}

TEST_P(StoreTest, AStudysTimerFollowsItsLifeCycle) {
  open();
  expect_written([](Transaction& t) -> Result<void> {
    ECG_TRY(t.put_study(queued_study("s1", Priority::kStat, at(0))));
    ECG_TRY(t.put_timer({"realert", StudyId("s1"), at(500)}));
    ECG_ASSIGN(const auto next, t.next_timer_at());
    EXPECT_EQ(next, at(60));  // STAT unopened: the whole duty pool
    ECG_ASSIGN(const auto due, t.due_timers(at(60), 10));
    EXPECT_EQ(due.size(), 1U);
    EXPECT_EQ(due.at(0).kind, "study");
    auto closed = queued_study("s1", Priority::kStat, at(0));
    closed.study.state = domain::StudyState::kClosed;
    ECG_TRY(t.put_study(closed));
    ECG_ASSIGN(const auto later, t.next_timer_at());
    EXPECT_EQ(later, at(500));
    ECG_TRY(t.erase_timer("realert", StudyId("s1")));
    ECG_ASSIGN(const auto none, t.next_timer_at());
    EXPECT_FALSE(none.has_value());
    return {};
  });
}

TEST_P(StoreTest, ASignedVersionIsNeverReplaced) {
  open();
  expect_written([](Transaction& t) -> Result<void> {
    ECG_TRY(t.add_report(some_report("s1", 1)));
    auto other = some_report("s1", 1);
    other.report = "other";
    EXPECT_EQ(t.add_report(other).error().code, ErrorCode::kAlreadyDone);
    ECG_TRY(t.add_report(some_report("s1", 2)));
    ECG_TRY(t.put_report_pdf(StudyId("s1"), 1, std::string("%PDF\0", 5)));
    ECG_ASSIGN(const auto first, t.find_report(StudyId("s1"), 1, PdfChoice::kWith));
    EXPECT_EQ(first->report, some_report().report);
    EXPECT_EQ(first->pdf, std::string("%PDF\0", 5));
    ECG_ASSIGN(const auto newest, t.find_report(StudyId("s1"), 0, PdfChoice::kWith));
    EXPECT_EQ(newest->version, 2);
    EXPECT_TRUE(newest->pdf.empty());
    ECG_ASSIGN(const auto unrendered, t.reports_without_pdf(10));
    EXPECT_EQ(unrendered.size(), 1U);
    EXPECT_EQ(unrendered.at(0).version, 2);
    ECG_ASSIGN(const auto undelivered, t.undelivered_reports());
    EXPECT_EQ(undelivered, 1U);
    domain::Delivery delivery;
    delivery.state = domain::DeliveryState::kDelivered;
    delivery.delivered_at = at(99);
    ECG_TRY(t.put_report_delivery(StudyId("s1"), 2, delivery, "护士"));
    ECG_ASSIGN(const auto delivered, t.find_report(StudyId("s1"), 2, PdfChoice::kWithout));
    EXPECT_EQ(delivered->delivery, delivery);
    EXPECT_EQ(delivered->opened_by, "护士");
    ECG_ASSIGN(const auto still_unrendered, t.reports_without_pdf(10));
    EXPECT_EQ(still_unrendered.size(), 1U);
    EXPECT_EQ(t.put_report_delivery(StudyId("s1"), 9, delivery, "").error().code, ErrorCode::kNotFound);
    return {};
  });
}

TEST_P(StoreTest, DeliveriesWaitUntilTheGatewayHasThem) {
  open();
  expect_written([](Transaction& t) -> Result<void> {
    DeliveryRecord delivery{"d1", SiteId("baishi"), DeliveryKind::kCritical, StudyId("s1"), 0, "item", at(1),
                            {}};
    ECG_TRY(t.put_delivery(delivery));
    delivery.id = "d2";
    ECG_TRY(t.put_delivery(delivery));
    delivery.id = "d1";
    delivery.stored_at = at(2);
    ECG_TRY(t.put_delivery(delivery));
    ECG_ASSIGN(const auto pending, t.pending_deliveries(SiteId("baishi"), 10));
    EXPECT_EQ(pending.size(), 1U);
    EXPECT_EQ(pending.at(0).id, "d2");
    EXPECT_EQ(pending.at(0).item, "item");
    ECG_ASSIGN(const auto elsewhere, t.pending_deliveries(SiteId("other"), 10));
    EXPECT_TRUE(elsewhere.empty());
    for (const auto& [id, kind] :
         {std::pair{"d3", DeliveryKind::kReport}, std::pair{"d4", DeliveryKind::kSettings},
          std::pair{"d5", DeliveryKind::kCritical}}) {
      ECG_TRY(t.put_delivery({id, SiteId("baishi"), kind, StudyId("s1"), 1, "item", at(3), {}}));
    }
    ECG_ASSIGN(const auto ordered, t.pending_deliveries(SiteId("baishi"), 3));
    EXPECT_EQ(ordered.size(), 3U);
    EXPECT_EQ(ordered.at(0).id + ordered.at(1).id + ordered.at(2).id, "d2d5d4");
    return {};
  });
}

TEST_P(StoreTest, CriticalResultsComeBackWhole) {
  open();
  expect_written([](Transaction& t) -> Result<void> {
    CriticalRecord record;
    record.study = StudyId("s1");
    record.site = SiteId("baishi");
    record.result = {domain::CriticalTier::kCritical,
                     domain::CriticalState::kNotified,
                     true,
                     at(1),
                     at(2),
                     at(3),
                     std::nullopt,
                     std::nullopt,
                     {}};
    record.codes = {"VF", "ASYS"};
    record.text = "室颤";
    record.confirmed_by_name = "王医生";
    ECG_TRY(t.put_critical(record));
    ECG_ASSIGN(const auto found, t.find_critical(StudyId("s1")));
    EXPECT_EQ(found->result, record.result);
    EXPECT_EQ(found->codes, record.codes);
    EXPECT_EQ(found->text, record.text);
    ECG_ASSIGN(const auto open, t.open_critical_figures());
    EXPECT_EQ(open.count, 1U);
    EXPECT_EQ(open.oldest_at, at(1));
    record.result.state = domain::CriticalState::kRefuted;
    ECG_TRY(t.put_critical(record));
    ECG_ASSIGN(const auto none, t.open_criticals(10));
    EXPECT_TRUE(none.empty());
    return {};
  });
}

TEST_P(StoreTest, FiguresCountWhatWaits) {
  open();
  expect_written([](Transaction& t) -> Result<void> {
    ECG_TRY(t.put_study(queued_study("a", Priority::kStat, at(10))));
    ECG_TRY(t.put_study(queued_study("b", Priority::kStat, at(5))));
    auto being_read = queued_study("c", Priority::kStat, at(1));
    being_read.study.state = domain::StudyState::kReading;
    being_read.study.opened_at = at(7);
    ECG_TRY(t.put_study(being_read));
    auto report = some_report("c", 1);
    report.signed_at = at(8);
    ECG_TRY(t.add_report(report));
    ECG_ASSIGN(const auto queues, t.queue_figures());
    EXPECT_EQ(queues.size(), domain::kPriorityCount);
    EXPECT_EQ(queues[0].waiting, 2U);
    EXPECT_EQ(queues[0].being_read, 1U);
    EXPECT_EQ(queues[0].oldest_received_at, at(5));
    EXPECT_FALSE(queues[1].oldest_received_at.has_value());
    ECG_ASSIGN(const auto samples, t.turnaround_since(at(1)));
    EXPECT_EQ(samples.size(), 3U);
    ECG_ASSIGN(const auto today, t.studies_since(SiteId("baishi"), at(5)));
    EXPECT_EQ(today, 2U);
    return {};
  });
}

TEST_P(StoreTest, DraftAnalysisAndSettingsComeBack) {
  open();
  expect_written([](Transaction& t) -> Result<void> {
    ECG_TRY(t.put_draft({StudyId("s1"), PersonId("p1"), "draft", 4, at(1)}));
    ECG_TRY(t.put_analysis({StudyId("s1"), 1, "first", at(1)}));
    ECG_TRY(t.put_analysis({StudyId("s1"), 2, "second", at(2)}));
    ECG_ASSIGN(const auto draft, t.find_draft(StudyId("s1")));
    EXPECT_EQ(draft->revision, 4U);
    ECG_ASSIGN(const auto analysis, t.find_analysis(StudyId("s1")));
    EXPECT_EQ(analysis->analysis, "second");
    ECG_TRY(t.erase_draft(StudyId("s1")));
    ECG_ASSIGN(const auto gone, t.find_draft(StudyId("s1")));
    EXPECT_FALSE(gone.has_value());
    ECG_TRY(t.put_setting("rule_set", "x"));
    ECG_ASSIGN(const auto setting, t.setting("rule_set"));
    EXPECT_EQ(setting, "x");
    return {};
  });
}

TEST_P(StoreTest, TheEpochOutlivesRestarts) {
  open();
  const std::string epoch = store_->center_epoch();
  EXPECT_TRUE(is_random_id(epoch));
  open();
  EXPECT_EQ(store_->center_epoch(), epoch);
}

TEST_P(StoreTest, ManyWritersShareCommits) {
  open();
  std::atomic<int> good{0};
  for (int i = 0; i < 400; ++i) {
    store_->write([i](Transaction& t) { return t.put_site(some_site("site-" + std::to_string(i))); },
                  [&](const Result<void>& r) { good += r.ok() ? 1 : 0; });
  }
  expect_written([](Transaction&) -> Result<void> { return {}; });
  EXPECT_EQ(good, 400);
  EXPECT_LT(store_->figures().commits, 100U);
}

}  // namespace
}  // namespace ecg::store
