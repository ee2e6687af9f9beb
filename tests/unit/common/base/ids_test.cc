#include "common/base/ids.h"

#include <set>

#include <gtest/gtest.h>

namespace ecg {
namespace {

class FixedRandom final : public Random {
 public:
  explicit FixedRandom(std::uint8_t byte) : byte_(byte) {}
  void fill(std::span<std::uint8_t> out) override {
    for (auto& b : out) b = byte_;
  }

 private:
  std::uint8_t byte_;
};

TEST(RandomId, HoldsAll128Bits) {
  FixedRandom zeros(0), ones(0xff);
  EXPECT_EQ(random_id(zeros), std::string(26, '0'));
  EXPECT_EQ(random_id(ones), std::string(25, 'z') + "w");  // 125 bits, then 3 bits and two zeros
}

TEST(RandomId, IsRecognisedAndDoesNotRepeat) {
  SeededRandom random(7);
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = random_id(random);
    EXPECT_TRUE(is_random_id(id)) << id;
    EXPECT_TRUE(seen.insert(id).second) << id;
  }
}

TEST(RandomId, OtherTextIsNotTakenForAnId) {
  const std::string good(26, 'a');
  EXPECT_TRUE(is_random_id(good));
  EXPECT_FALSE(is_random_id(good.substr(1)));
  EXPECT_FALSE(is_random_id(good + "a"));
  for (const char c : {'i', 'l', 'o', 'u', 'A', '/', '.', '\'', '\0'}) {
    std::string bad = good;
    bad[3] = c;
    EXPECT_FALSE(is_random_id(bad)) << c;
  }
}

TEST(SiteIdText, IsShortLowerCaseAndBeginsWithALetter) {
  for (const char* good : {"ab", "baishi", "town-2", "a0"}) EXPECT_TRUE(is_site_id(good)) << good;
  for (const char* bad : {"", "a", "2town", "-a", "Baishi", "bai shi", "a/b", "a_b"})
    EXPECT_FALSE(is_site_id(bad)) << bad;
  EXPECT_TRUE(is_site_id(std::string(32, 'a')));
  EXPECT_FALSE(is_site_id(std::string(33, 'a')));
}

TEST(SeededRandomNumbers, RepeatWithTheirSeed) {
  SeededRandom a(5), b(5), c(6);
  EXPECT_EQ(a.next(), b.next());
  EXPECT_NE(a.next(), c.next());
  for (int i = 0; i < 100; ++i) {
    const double u = a.unit();
    EXPECT_TRUE(u >= 0 && u < 1);
  }
}

TEST(SystemRandomNumbers, FillTheWholeSpan) {
  SystemRandom random;
  std::vector<std::uint8_t> bytes(4096);
  random.fill(bytes);
  EXPECT_GT(std::set<std::uint8_t>(bytes.begin(), bytes.end()).size(), 200u);  // 4096 bytes of 256 values
}

}  // namespace
}  // namespace ecg
