// An answered write is there after SIGKILL at any moment.
#include <thread>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/server/store/engines.h"
#include "tests/unit/server/store/records_for_tests.h"

namespace ecg::store {
namespace {

class StoreKillTest : public StoreConformance {};
INSTANTIATE_TEST_SUITE_P(Engines, StoreKillTest, ::testing::ValuesIn(engines()), engine_name);

constexpr int kRounds = 8;
constexpr std::uint32_t kFrames = 125;

// Appends blocks for ever and reports on the pipe how many frames were acknowledged. Never returns.
[[noreturn]] void write_until_killed(const Engine& engine, const std::string& directory, int report) {
  SystemRandom random;
  auto opened = engine.open(directory, random);
  if (!opened.ok()) ::_exit(3);
  Store& store = **opened;
  std::uint64_t next = 0;
  if (!store
           .read([&](const Snapshot& s) -> Result<void> {
             ECG_ASSIGN(const auto upload, s.find_upload(UploadId("u1")));
             if (upload) next = upload->durable_frames;
             return {};
           })
           .ok()) {
    ::_exit(4);
  }
  if (next == 0 && !store.write_wait([](Transaction& t) { return t.put_upload(some_upload()); }).ok())
    ::_exit(5);
  for (;; next += kFrames) {
    const std::uint64_t acknowledged = next + kFrames;
    store.write(
        [next](Transaction& t) {
          return t.append_block(UploadId("u1"),
                                {next, kFrames, std::string(3000, static_cast<char>(next / kFrames))});
        },
        [report, acknowledged](const Result<void>& r) {
          if (r.ok() && ::write(report, &acknowledged, sizeof acknowledged) != sizeof acknowledged)
            ::_exit(6);
        });
    if (store.figures().waiting > 100) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

TEST_P(StoreKillTest, EveryAcknowledgedBlockIsThereAfterAKill) {
  std::uint64_t acknowledged = 0;
  for (int round = 0; round < kRounds; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(pipe_ends[0]);
      write_until_killed(GetParam(), directory_ + "/data", pipe_ends[1]);
    }
    ::close(pipe_ends[1]);
    std::uint64_t value = 0;
    const std::uint64_t enough = acknowledged + kFrames * static_cast<std::uint64_t>(20 + 37 * round);
    while (::read(pipe_ends[0], &value, sizeof value) == sizeof value) {
      acknowledged = value;
      if (acknowledged >= enough) ::kill(child, SIGKILL);
    }
    ::close(pipe_ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "exit " << WEXITSTATUS(status);

    open();
    std::uint64_t stored = 0;
    expect_read([&](const Snapshot& s) {
      return s.read_blocks(UploadId("u1"), [&](const BlockRecord& block) -> Result<void> {
        EXPECT_EQ(block.block, std::string(3000, static_cast<char>(block.first_frame / kFrames)));
        stored += block.frame_count;
        return {};
      });
    });
    EXPECT_GE(stored, acknowledged);
    store_.reset();
  }
}

}  // namespace
}  // namespace ecg::store
