#include "common/net/static_files.h"

#include <gtest/gtest.h>

namespace ecg::net {
namespace {

TEST(PercentDecode, WholeEscapesOnly) {
  std::string out;
  EXPECT_TRUE(percent_decode("a%20b%2Fc", &out));
  EXPECT_EQ(out, "a b/c");
  for (const auto* bad : {"%", "%2", "%zz", "%0", "a%00b", "%-1", "%+1"})
    EXPECT_FALSE(percent_decode(bad, &out)) << bad;
}

}  // namespace
}  // namespace ecg::net
