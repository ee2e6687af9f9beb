#include "common/wire/enrolment_code.h"

#include <gtest/gtest.h>

#include "common/base/ids.h"

namespace ecg::wire {
namespace {

ecg::v1::EnrolmentCode some_code(const std::string& address) {
  SeededRandom random(7);
  ecg::v1::EnrolmentCode code;
  code.set_address(address);
  code.set_ca_sha256(std::string(32, '\x9c'));
  code.set_secret(random_id(random));
  return code;
}

TEST(EnrolmentCode, ComesBackForEveryLengthOfAddress) {
  for (std::size_t n = 1; n < 40; ++n) {
    const auto code = some_code(std::string(n, 'c') + ":7444");
    const auto back = read_enrolment_code(write_enrolment_code(code));
    ASSERT_TRUE(back.ok()) << n;
    EXPECT_EQ(back->SerializeAsString(), code.SerializeAsString());
  }
}

TEST(EnrolmentCode, ForgivesCaseGroupingAndLookAlikes) {
  const auto code = some_code("center.example:7444");
  std::string typed;
  for (const char c : write_enrolment_code(code)) {
    if (c == '-') continue;
    typed += c == '1' ? 'l' : c == '0' ? 'O' : static_cast<char>(std::tolower(c));
  }
  EXPECT_EQ(read_enrolment_code(" " + typed + "\n")->secret(), code.secret());
}

TEST(EnrolmentCode, WhatIsNotACodeIsRefusedByName) {
  const std::string good = write_enrolment_code(some_code("center.example:7444"));
  for (const std::string& bad : {std::string(), std::string("hello"), good.substr(0, good.size() / 2),
                                 good + "!", std::string(5000, '0'), "U" + good}) {
    const auto read = read_enrolment_code(bad);
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.error().code, ErrorCode::kEnrolmentCodeRefused);
  }
}

}  // namespace
}  // namespace ecg::wire
