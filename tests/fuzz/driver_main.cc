// Calls the fuzz entry without a fuzzer:
//   analysis-fuzz [COUNT [FIRST]]   generated inputs FIRST, FIRST+1 ...; the number of a failing one is
//   printed analysis-fuzz FILE...           inputs a fuzzer has kept
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "common/base/file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

// One input holds at most a minute of signal; seconds for it mean that time is not bounded. Sanitizers take
// ten times as long.
constexpr unsigned kLongestS = 30;

std::string current;

void say_which(int) {
  constexpr std::string_view kWords = "analysis-fuzz: stopped at input ";
  [[maybe_unused]] auto written = write(STDERR_FILENO, kWords.data(), kWords.size());
  written = write(STDERR_FILENO, current.data(), current.size());
  written = write(STDERR_FILENO, "\n", 1);
  std::_Exit(1);
}

std::vector<std::uint8_t> generated(std::uint64_t number) {
  std::vector<std::uint8_t> out(8 + number % 57);
  std::uint64_t state = number * 0x9E3779B97F4A7C15U + 1;
  for (auto& byte : out) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    byte = static_cast<std::uint8_t>(state >> 24);
  }
  return out;
}

bool number_of(std::string_view text, std::uint64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

int run_file(const char* path) {
  const auto content = ecg::read_file(path, 16 << 20);
  if (!content.ok()) {
    std::fprintf(stderr, "analysis-fuzz: %s cannot be read\n", path);
    return 2;
  }
  return LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(content->data()), content->size());
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGABRT, say_which);
  std::signal(SIGALRM, say_which);
  std::uint64_t count = 300, first = 1;
  if (argc > 1 && !number_of(argv[1], count)) {
    for (int i = 1; i < argc; ++i) {
      current = argv[i];
      if (const int status = run_file(argv[i]); status != 0) return status;
    }
    return 0;
  }
  if (argc > 2 && !number_of(argv[2], first)) return 2;
  for (std::uint64_t i = first; i < first + count; ++i) {
    current = std::to_string(i);
    alarm(kLongestS);
    const auto input = generated(i);
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
  std::printf("%llu inputs\n", static_cast<unsigned long long>(count));
}
