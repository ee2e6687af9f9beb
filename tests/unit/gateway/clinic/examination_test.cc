#include "gateway/clinic/examination.h"

#include <functional>

#include <gtest/gtest.h>

#include "common/base/ids.h"
#include "common/base/limits.h"

namespace ecg::clinic {
namespace {

using Request = ecg::v1::RegisterExaminationRequest;
const Timestamp kNow = parse_iso8601("2026-11-21T10:00:00Z").value();

Result<ecg::v1::StudyRegistration> registered(const std::function<void(Request&)>& change) {
  static SeededRandom random(5);
  Request request;
  request.mutable_patient()->set_name("李秀英");
  request.mutable_patient()->set_sex(ecg::v1::SEX_FEMALE);
  change(request);
  return make_registration(request, random, kNow);
}

TEST(Examination, EachFieldMeetsItsLimitAndIsRefusedBeyondIt) {
  const auto accepted = [](const std::function<void(Request&)>& change) { return registered(change).ok(); };
  EXPECT_TRUE(
      accepted([](Request& r) { r.mutable_patient()->set_name(std::string(limits::kNameBytesMax, 'x')); }));
  EXPECT_FALSE(accepted(
      [](Request& r) { r.mutable_patient()->set_name(std::string(limits::kNameBytesMax + 1, 'x')); }));
  EXPECT_TRUE(accepted([](Request& r) { r.mutable_patient()->set_birth_date("1959-03-12"); }));
  for (const char* bad : {"1959-02-30", "59-03-12", "2027-01-01", "1959/03/12", "1959-3-12x"}) {
    EXPECT_FALSE(accepted([&](Request& r) { r.mutable_patient()->set_birth_date(bad); })) << bad;
  }
  EXPECT_TRUE(accepted([](Request& r) { r.mutable_patient()->set_age_years(130); }));
  EXPECT_FALSE(accepted([](Request& r) { r.mutable_patient()->set_age_years(131); }));
  EXPECT_FALSE(accepted([](Request& r) { r.mutable_context()->set_note(std::string(513, 'x')); }));
  EXPECT_FALSE(accepted([](Request& r) { r.set_priority(static_cast<ecg::v1::Priority>(77)); }));
  EXPECT_FALSE(accepted([](Request& r) { r.set_study_id("../../etc"); }));
}

TEST(Examination, PatientMustBeConfirmedOrDeclaredUnknown) {
  const auto nobody = registered([](Request& r) { r.mutable_patient()->set_name("  "); });
  EXPECT_EQ(nobody.error().code, ErrorCode::kNoPatient);
  const auto unknown = registered([](Request& r) {
    r.clear_patient();
    r.set_emergency_unknown(true);
  });
  ASSERT_TRUE(unknown.ok());
  EXPECT_EQ(unknown->patient().identity(), ecg::v1::IDENTITY_STATE_UNIDENTIFIED);
  EXPECT_TRUE(unknown->patient().id().starts_with("T-"));
}

TEST(Examination, SamePersonGetsTheSameMadeIdAndOthersDoNot) {
  const auto id = [](const char* name, const char* born) {
    return registered([&](Request& r) {
             r.mutable_patient()->set_name(name);
             r.mutable_patient()->set_birth_date(born);
           })
        ->patient()
        .id();
  };
  EXPECT_EQ(id("王敏", "1970-01-02"), id("王敏", "1970-01-02"));
  EXPECT_NE(id("王敏", "1970-01-02"), id("王敏", "1970-01-03"));
  EXPECT_NE(id("王敏", ""), id("王敏", ""));  // a name alone is not a person
}

TEST(Examination, ErrorsNameTheFieldAndNeverItsContent) {
  const auto refused = registered([](Request& r) { r.mutable_patient()->set_birth_date("secret"); });
  EXPECT_EQ(refused.error().subject, "patient.birth_date");
  EXPECT_EQ(message(refused.error(), Language::kEnglish).find("secret"), std::string::npos);
}

}  // namespace
}  // namespace ecg::clinic
