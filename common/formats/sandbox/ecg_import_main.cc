// ecg-import: parses one foreign ECG file without any access to the system. Started by read_in_sandbox, never
// by hand: question on standard input, answer on standard output (transfer.h).
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>

#include <unistd.h>

#include "common/base/limits.h"
#include "common/formats/sandbox/confine.h"
#include "common/formats/sandbox/transfer.h"
#include "common/formats/text.h"

namespace {

using namespace ecg::formats;

enum Exit : int { kDone = 0, kUsage = 2, kNotConfined = 70, kInputOutput = 74, kNoMemory = 71 };

bool take_option(std::string_view argument, std::string_view name, std::uint64_t& value) {
  if (!argument.starts_with(name)) return false;
  const auto parsed = parse_number<std::uint64_t>(argument.substr(name.size()));
  if (!parsed || *parsed == 0) return false;
  value = *parsed;
  return true;
}

bool read_all(std::vector<std::uint8_t>& bytes) {
  constexpr std::size_t kStep = 1024 * 1024;
  constexpr std::size_t kMost = ecg::limits::kImportFileBytesMax + kStep;
  for (;;) {
    const std::size_t used = bytes.size();
    if (used > kMost) return false;
    bytes.resize(used + kStep);
    const ssize_t n = ::read(STDIN_FILENO, bytes.data() + used, kStep);
    bytes.resize(used + static_cast<std::size_t>(n > 0 ? n : 0));
    if (n == 0) return true;
    if (n < 0 && errno != EINTR) return false;
  }
}

bool write_all(Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return true;
}

int run(const SandboxLimits& limits) {
  if (!confine_process(limits)) return kNotConfined;
  std::vector<std::uint8_t> question;
  if (!read_all(question)) return kInputOutput;
  const auto files = decode_question(question);
  if (!files.ok()) return kUsage;
  question = {};
  const auto result = read_files(*files);
  return write_all(encode_answer(result, files.value().front().name)) ? kDone : kInputOutput;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t memory = 0, cpu = 0;
  for (int i = 1; i < argc; ++i) {
    if (take_option(argv[i], "--memory-bytes=", memory) || take_option(argv[i], "--cpu-seconds=", cpu))
      continue;
    std::fputs("ecg-import is started by the gateway and by ecgctl; it has no use of its own\n", stderr);
    return kUsage;
  }
  if (memory == 0 || cpu == 0) return kUsage;
  SandboxLimits limits;
  limits.memory_bytes = static_cast<std::size_t>(memory);
  limits.cpu = std::chrono::seconds(cpu);
  try {
    return run(limits);
  } catch (const std::bad_alloc&) {
    ::_exit(kNoMemory);
  }
}
