// The people's services as a whole, on a real store: complete, guarded, recorded.
#include "server/api/web/services.h"

#include <optional>
#include <set>

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include "ecg/v1/administration.pb.h"
#include "ecg/v1/enrolment.pb.h"
#include "ecg/v1/sign_in.pb.h"
#include "ecg/v1/worklist.pb.h"

#include "common/base/metrics.h"
#include "common/wire/convert.h"
#include "server/api/web/guard.h"
#include "server/api/web/projection.h"
#include "server/identity/policy.h"
#include "tests/support/center/center_store.h"

namespace ecg::web {
namespace {

constexpr char kPassword[] = "a long enough phrase";

class PeoplesServices : public testing::Test {
 protected:
  PeoplesServices() {
    const auto authority = net::CertificateAuthority::create("Test", center_.clock());
    EXPECT_TRUE(authority.ok());
    authority_.emplace(authority.value());
    enrolment_.emplace(center_.store(), *authority_, center_.clock(), random_,
                       identity::EnrolmentOptions{.center = "test",
                                                  .enrolment_address = "127.0.0.1:1",
                                                  .gateway_address = "127.0.0.1:2",
                                                  .receipt_public_key_der = "key"});
    sites_.emplace(center_.store(), *enrolment_, center_.clock());
    parts_.reset(new Parts{center_.store(), center_.clock(), desk_, events_, sessions_, sign_in_, people_,
                           *sites_, "Test center", "/tmp"});
    add_sign_in_service(registry_, *parts_);
    add_worklist_service(registry_, *parts_);
    add_reading_service(registry_, *parts_);
    add_administration_service(registry_, *parts_);
    add_event_service(registry_, *parts_);
    add_enrolment_service(enrolment_registry_, enrolment_ready_);
  }

  // A call as the server makes it: guard, handler, observer.
  template <class Response>
  Result<Response> call(net::CallContext context, const std::string& method,
                        const google::protobuf::Message& request) {
    context.method = "ecg.v1." + method;
    const auto* found = registry_.find(context.method);
    if (found == nullptr) return Error{ErrorCode::kUnknownMethod, method};
    const auto answer = [&]() -> Result<Response> {
      ECG_TRY(guard_(context));
      ECG_ASSIGN(const auto message, found->unary(context, request));
      return static_cast<const Response&>(*message);
    }();
    observer_(context, answer.ok() ? nullptr : &answer.error(), std::chrono::microseconds{1});
    return answer;
  }
  static net::CallContext local() {
    net::CallContext context;
    context.transport = net::Transport::kUnixSocket;
    return context;
  }
  static net::CallContext with(const std::string& token) {
    net::CallContext context;
    context.session_token = token;
    context.peer_address = "127.0.0.1";
    return context;
  }
  void add_person(const std::string& user, v1::Role role, const std::string& site = "") {
    v1::AddPersonRequest request;
    request.mutable_person()->set_user_name(user);
    request.mutable_person()->set_display_name(user);
    request.mutable_person()->add_roles(role);
    request.mutable_person()->set_site_id(site);
    request.set_password(kPassword);
    const auto added = call<v1::AddPersonResponse>(local(), "AdministrationService/AddPerson", request);
    ASSERT_TRUE(added.ok()) << printable(added.error(), Language::kEnglish);
  }
  std::string sign_in(const std::string& user) {
    v1::SignInRequest request;
    request.set_user_name(user);
    request.set_password(kPassword);
    request.set_want_token(true);
    const auto signed_in = call<v1::SignInResponse>(with(""), "SignInService/SignIn", request);
    EXPECT_TRUE(signed_in.ok());
    return signed_in.ok() ? signed_in->token() : "";
  }
  std::vector<store::AuditRecord> audited() {
    center_.write(
        [](store::Transaction&) { return Result<void>{}; });  // what was queued before is written now
    std::vector<store::AuditRecord> records;
    center_.read([&](const store::Snapshot& snapshot) -> Result<void> {
      ECG_ASSIGN(records, snapshot.audit_after(0, 100));
      return {};
    });
    return records;
  }
  template <class Response>
  static void expect_refused(const Result<Response>& outcome, ErrorCode code) {
    ASSERT_FALSE(outcome.ok());
    EXPECT_EQ(facts(outcome.error().code).name, facts(code).name);
  }

  tests::CenterStore center_;
  SeededRandom random_{7};
  Metrics metrics_;
  PasswordHasher hasher_{{.memory_kib = 64, .passes = 1}, random_};
  TryThrottle throttle_{{}, center_.clock()};
  identity::Sessions sessions_{center_.store(), center_.clock(), random_};
  identity::SignIn sign_in_{center_.store(), sessions_, hasher_, throttle_, center_.clock()};
  admin::People people_{center_.store(), sign_in_, center_.clock(), random_};
  reading::Desk desk_{center_.store(), center_.clock()};
  EventHub events_{center_.clock(), "0"};
  std::optional<net::CertificateAuthority> authority_;
  std::optional<identity::Enrolment> enrolment_;
  std::optional<admin::Sites> sites_;
  std::unique_ptr<Parts> parts_;
  std::atomic<identity::Enrolment*> enrolment_ready_{nullptr};
  net::Registry registry_, enrolment_registry_;
  net::Guard guard_ = make_guard(sessions_);
  net::Observer observer_ = make_observer(center_.store(), center_.clock(), metrics_);
};

TEST_F(PeoplesServices, EveryMethodOfTheContractIsServed) {
  for (const auto service_name : identity::served_services()) {
    const std::string name(service_name);
    if (name == "ecg.v1.UploadService" || name == "ecg.v1.ExchangeService") continue;  // gRPC
    (void)v1::ListWorklistRequest::descriptor();
    const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    ASSERT_NE(service, nullptr) << name;
    for (int i = 0; i < service->method_count(); ++i) {
      const std::string method = name + "/" + service->method(i)->name();
      const bool served = registry_.find(method) != nullptr || enrolment_registry_.find(method) != nullptr;
      EXPECT_TRUE(served) << method;
    }
  }
}

TEST_F(PeoplesServices, NothingButEnrolmentIsServedWithoutACertificateOrSession) {
  EXPECT_EQ(enrolment_registry_.methods().size(), 1U);
  for (const auto& [method, handler] : registry_.methods()) {
    net::CallContext context;
    context.method = method;
    const bool open = guard_(context).ok();
    EXPECT_EQ(open, method == "ecg.v1.SignInService/SignIn" || method == "ecg.v1.SignInService/SignOut")
        << method;
  }
}

TEST_F(PeoplesServices, TheFirstPersonIsAddedOverTheUnixSocketAndSignsIn) {
  add_person("admin", v1::ROLE_ADMINISTRATOR);
  const std::string token = sign_in("admin");
  const auto session =
      call<v1::GetSessionResponse>(with(token), "SignInService/GetSession", v1::GetSessionRequest{});
  ASSERT_TRUE(session.ok());
  EXPECT_EQ(session->person().user_name(), "admin");
  EXPECT_EQ(session->center_name(), "Test center");
}

TEST_F(PeoplesServices, AReaderIsRefusedTheAdministratorsActsAndTheOtherWayRound) {
  add_person("li", v1::ROLE_READER);
  add_person("admin", v1::ROLE_ADMINISTRATOR);
  expect_refused(call<v1::ListPeopleResponse>(with(sign_in("li")), "AdministrationService/ListPeople",
                                              v1::ListPeopleRequest{}),
                 ErrorCode::kNotAllowed);
  expect_refused(call<v1::ClaimStudyResponse>(with(sign_in("admin")), "ReadingService/ClaimNext",
                                              v1::ClaimNextRequest{}),
                 ErrorCode::kNotAllowed);
  expect_refused(call<v1::ClaimStudyResponse>(local(), "ReadingService/ClaimNext", v1::ClaimNextRequest{}),
                 ErrorCode::kNotSignedIn);
}

TEST_F(PeoplesServices, ADisabledPersonsSessionEndsAtOnce) {
  add_person("li", v1::ROLE_READER);
  const std::string token = sign_in("li");
  const auto people =
      call<v1::ListPeopleResponse>(local(), "AdministrationService/ListPeople", v1::ListPeopleRequest{});
  ASSERT_TRUE(people.ok());
  v1::SetPersonDisabledRequest disable;
  disable.set_person_id(people->people(0).id());
  disable.set_disabled(true);
  ASSERT_TRUE(
      call<v1::SetPersonDisabledResponse>(local(), "AdministrationService/SetPersonDisabled", disable).ok());
  expect_refused(
      call<v1::ListWorklistResponse>(with(token), "WorklistService/ListWorklist", v1::ListWorklistRequest{}),
      ErrorCode::kNotSignedIn);
}

TEST_F(PeoplesServices, AClinicOperatorHasASiteAndNobodyElseDoes) {
  v1::AddPersonRequest request;
  request.mutable_person()->set_user_name("nurse");
  request.mutable_person()->set_display_name("nurse");
  request.mutable_person()->add_roles(v1::ROLE_CLINIC_OPERATOR);
  request.set_password(kPassword);
  expect_refused(call<v1::AddPersonResponse>(local(), "AdministrationService/AddPerson", request),
                 ErrorCode::kInvalidField);
  request.mutable_person()->set_site_id("nowhere");
  expect_refused(call<v1::AddPersonResponse>(local(), "AdministrationService/AddPerson", request),
                 ErrorCode::kNotFound);
  add_person("nurse", v1::ROLE_CLINIC_OPERATOR, "baishi");
}

TEST_F(PeoplesServices, TheWorklistIsInReadingOrderWithWhatAReaderMustKnow) {
  const StudyId routine = center_.queue(domain::Priority::kRoutine);
  const StudyId stat = center_.queue(domain::Priority::kStat);
  add_person("li", v1::ROLE_READER);
  const auto list = call<v1::ListWorklistResponse>(with(sign_in("li")), "WorklistService/ListWorklist",
                                                   v1::ListWorklistRequest{});
  ASSERT_TRUE(list.ok());
  ASSERT_EQ(list->studies_size(), 2);
  EXPECT_EQ(list->total(), 2U);
  EXPECT_EQ(list->studies(0).id(), stat.value);
  EXPECT_EQ(list->studies(1).id(), routine.value);
  EXPECT_EQ(list->studies(0).priority(), v1::PRIORITY_STAT);
  EXPECT_EQ(list->studies(0).state(), v1::STUDY_STATE_QUEUED);
  EXPECT_EQ(list->studies(0).patient().name(), "陈明");
  EXPECT_TRUE(list->studies(0).has_deadline());
}

TEST_F(PeoplesServices, PagesOfStudiesFollowOneAnotherWithoutGapOrRepeat) {
  for (int i = 0; i < 5; ++i) center_.queue(domain::Priority::kRoutine);
  v1::ListStudiesRequest request;
  request.set_page_size(2);
  std::set<std::string> seen;
  int pages = 0;
  do {
    const auto page = call<v1::ListStudiesResponse>(local(), "WorklistService/ListStudies", request);
    ASSERT_TRUE(page.ok());
    for (const auto& study : page->studies()) EXPECT_TRUE(seen.insert(study.id()).second);
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty() && ++pages < 10);
  EXPECT_EQ(seen.size(), 5U);
  request.set_page_token("nonsense");
  expect_refused(call<v1::ListStudiesResponse>(local(), "WorklistService/ListStudies", request),
                 ErrorCode::kInvalidField);
}

TEST_F(PeoplesServices, TheWaveformIsTheStoredOneBitForBit) {
  const StudyId study = center_.queue(domain::Priority::kRoutine);
  v1::GetWaveformRequest request;
  request.set_study_id(study.value);
  const auto answer = call<v1::GetWaveformResponse>(local(), "ReadingService/GetWaveform", request);
  ASSERT_TRUE(answer.ok());
  const auto recording = wire::from_waveform(answer->waveform());
  ASSERT_TRUE(recording.ok());
  const auto source = tests::small_recording();
  ASSERT_EQ(recording->leads.size(), source.leads.size());
  for (std::size_t i = 0; i < source.leads.size(); ++i)
    EXPECT_EQ(recording->leads[i].samples, source.leads[i].samples);
}

TEST_F(PeoplesServices, EveryActOnAStudyIsRecordedWithItsOutcome) {
  const StudyId study = center_.queue(domain::Priority::kRoutine);
  v1::GetStudyRequest request;
  request.set_study_id(study.value);
  ASSERT_TRUE(call<v1::GetStudyResponse>(local(), "ReadingService/GetStudy", request).ok());
  request.set_study_id("nothing");
  expect_refused(call<v1::GetStudyResponse>(local(), "ReadingService/GetStudy", request),
                 ErrorCode::kNotFound);
  const auto records = audited();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].actor, "local");
  EXPECT_EQ(records[0].action, "ecg.v1.ReadingService/GetStudy");
  EXPECT_EQ(records[0].study, study);
  EXPECT_EQ(records[0].outcome, "ok");
  EXPECT_NE(records[1].outcome, "ok");
}

TEST_F(PeoplesServices, CallsOfNobodyAreCountedAndOnlyFailedSignInsRecorded) {
  expect_refused(call<v1::ListPeopleResponse>(with("no such session"), "AdministrationService/ListPeople",
                                              v1::ListPeopleRequest{}),
                 ErrorCode::kNotSignedIn);
  ASSERT_TRUE(call<v1::SignOutResponse>(with(""), "SignInService/SignOut", v1::SignOutRequest{}).ok());
  EXPECT_TRUE(audited().empty());
  v1::SignInRequest request;
  request.set_user_name("ghost");
  request.set_password("wrong");
  expect_refused(call<v1::SignInResponse>(with(""), "SignInService/SignIn", request),
                 ErrorCode::kSignInRefused);
  const auto records = audited();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].actor, "nobody");
  EXPECT_EQ(records[0].detail, "ghost");
  EXPECT_NE(metrics_.text().find("ecg_calls_refused_total 2"), std::string::npos);
}

TEST_F(PeoplesServices, TheRecordNamesWhomAnActWasAbout) {
  add_person("li", v1::ROLE_READER);
  const StudyId study = center_.queue(domain::Priority::kRoutine);
  ASSERT_TRUE(
      call<v1::ClaimStudyResponse>(with(sign_in("li")), "ReadingService/ClaimNext", v1::ClaimNextRequest{})
          .ok());
  const auto records = audited();
  ASSERT_EQ(records.size(), 3U);
  const auto people =
      call<v1::ListPeopleResponse>(local(), "AdministrationService/ListPeople", v1::ListPeopleRequest{});
  EXPECT_EQ(records[0].detail, people->people(0).id());
  EXPECT_EQ(records[1].detail, "li");
  EXPECT_EQ(records[2].study, study);
  EXPECT_EQ(records[2].actor, people->people(0).id());
}

TEST_F(PeoplesServices, ANewSiteGetsACodeAndARepeatAnotherOne) {
  v1::AddSiteRequest request;
  request.mutable_site()->set_id("liuhe");
  request.mutable_site()->set_name("柳河镇卫生院");
  const auto first = call<v1::AddSiteResponse>(local(), "AdministrationService/AddSite", request);
  const auto second = call<v1::AddSiteResponse>(local(), "AdministrationService/AddSite", request);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_NE(first->enrolment_code(), second->enrolment_code());
  request.mutable_site()->set_id("Not A Site");
  expect_refused(call<v1::AddSiteResponse>(local(), "AdministrationService/AddSite", request),
                 ErrorCode::kInvalidField);
}

}  // namespace
}  // namespace ecg::web
