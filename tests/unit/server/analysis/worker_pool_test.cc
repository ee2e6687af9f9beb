// The pool against workers that crash, hang and babble. The well-behaved one is this very program, see
// worker_main.
#include "server/analysis/worker_pool.h"

#include <cstdlib>
#include <cstring>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/analysis/message_pipe.h"
#include "server/analysis/worker.h"

namespace ecg::analysis {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Does what the study id says: "abort", "hang", "other", "memory"; anything else is answered soundly.
int worker_main() {
  v1::AnalysisJob job;
  while (read_message(STDIN_FILENO, job, kForever).ok()) {
    if (job.study_id() == "abort") std::abort();
    while (job.study_id() == "hang") ::getppid();  // a loop without any effect need not loop
    if (job.study_id() == "memory") {
      const std::string much(std::size_t{4} << 30, 'x');
      if (much.back() != 'x') return 1;
    }
    v1::AnalysisResult result;
    result.set_study_id(job.study_id() == "other" ? "another-study" : job.study_id());
    result.mutable_analysis()->set_algorithm("test");
    result.mutable_analysis()->set_algorithm_version(std::to_string(::getpid()));
    if (!write_message(STDOUT_FILENO, result, kForever).ok()) return 1;
  }
  return 0;
}

// Runs before main of GoogleTest when the pool started this program as a worker.
const bool kIsWorker = [] {
  if (std::getenv("ECG_TEST_WORKER_REAL") != nullptr) std::_Exit(run_worker_process());
  if (std::getenv("ECG_TEST_WORKER") == nullptr) return false;
  std::_Exit(worker_main());
}();

class Pool : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::setenv("ECG_TEST_WORKER", "1", 1), 0); }
  void TearDown() override { ::unsetenv("ECG_TEST_WORKER"); }

  static WorkerCommand self() { return {{"/proc/self/exe"}, 0}; }
  static WorkerCommand shell(const std::string& script) { return {{"/bin/sh", "-c", script}, 0}; }

  void start(WorkerCommand command, int workers = 1, milliseconds job_time_max = milliseconds{2000}) {
    pool_ = std::make_unique<WorkerPool>(PoolOptions{std::move(command), workers, job_time_max});
  }
  std::future<Result<v1::AnalysisResult>> submit(const std::string& study, int rank = 0) {
    auto promise = std::make_shared<std::promise<Result<v1::AnalysisResult>>>();
    auto future = promise->get_future();
    const auto submitted = pool_->submit(
        {rank,
         [study]() -> Result<v1::AnalysisJob> {
           v1::AnalysisJob job;
           job.set_study_id(study);
           job.mutable_waveform()->set_frames(5000);
           job.mutable_waveform()->mutable_format()->set_sampling_hz(500);
           return job;
         },
         [promise](Result<v1::AnalysisResult> result) { promise->set_value(std::move(result)); }});
    EXPECT_TRUE(submitted.ok());
    return future;
  }
  void expect_next_job_succeeds() { EXPECT_TRUE(submit("good").get().ok()); }
  void expect_failure(const std::string& study, ErrorCode code) {
    const auto result = submit(study).get();
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code, code);
  }
  std::unique_ptr<WorkerPool> pool_;
};

TEST_F(Pool, OneWorkerServesManyJobs) {
  start(self());
  const auto first = submit("a").get();
  const auto second = submit("b").get();
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(first->analysis().algorithm_version(), second->analysis().algorithm_version());
  EXPECT_EQ(pool_->replaced(), 0U);
}

TEST_F(Pool, AWorkerThatAbortsFailsThatJobOnly) {
  start(self());
  expect_failure("abort", ErrorCode::kInternal);
  expect_next_job_succeeds();
  EXPECT_EQ(pool_->replaced(), 1U);
}

TEST_F(Pool, AWorkerThatHangsIsReplacedWithinTheJobsTime) {
  start(self(), 1, milliseconds{300});
  const auto begin = steady_clock::now();
  expect_failure("hang", ErrorCode::kTimeout);
  EXPECT_LT(steady_clock::now() - begin, milliseconds{1500});
  expect_next_job_succeeds();
}

TEST_F(Pool, AResultOfAnotherStudyIsNotTaken) {
  start(self());
  expect_failure("other", ErrorCode::kInternal);
  expect_next_job_succeeds();
}

TEST_F(Pool, GarbageIsNotTaken) {
  start(shell("while :; do echo garbage garbage; done"), 1, milliseconds{500});
  expect_failure("good", ErrorCode::kInternal);
}

TEST_F(Pool, AProgramThatEndsAtOnceFailsTheJob) {
  start(shell("exit 0"));
  expect_failure("good", ErrorCode::kInternal);
  expect_failure("good", ErrorCode::kInternal);
}

TEST_F(Pool, AProgramThatDoesNotExistFailsTheJob) {
  start({{"/nonexistent/worker"}, 0});
  expect_failure("good", ErrorCode::kInternal);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // both map terabytes of address space
TEST_F(Pool, AWorkerThatWantsTooMuchMemoryFailsThatJobOnly) {
  start({{"/proc/self/exe"}, std::uint64_t{1} << 30});
  expect_failure("memory", ErrorCode::kInternal);
  expect_next_job_succeeds();
}
#endif

TEST_F(Pool, AnotherWorkerGoesOnWhileOneHangs) {
  start(self(), 2, milliseconds{1500});
  auto hanging = submit("hang");
  const auto begin = steady_clock::now();
  expect_next_job_succeeds();
  EXPECT_LT(steady_clock::now() - begin, milliseconds{1000});
  EXPECT_FALSE(hanging.get().ok());
}

TEST_F(Pool, AJobBehindAHangingOneIsAnsweredInItsOwnTime) {
  start(self(), 1, milliseconds{400});
  auto hanging = submit("hang");
  auto behind = submit("good");
  EXPECT_EQ(behind.wait_for(milliseconds{2000}), std::future_status::ready);
  EXPECT_FALSE(hanging.get().ok());
}

TEST_F(Pool, TheSmallerRankGoesFirst) {
  start(self());
  std::promise<void> release, begun;
  std::vector<int> order;
  std::promise<void> all_done;
  const auto job = [&](int rank, const std::function<void()>& at_load) {
    return WorkerPool::Job{rank,
                           [&order, rank, at_load]() -> Result<v1::AnalysisJob> {
                             order.push_back(rank);
                             at_load();
                             return Error{ErrorCode::kNotFound, "none"};
                           },
                           [&](const auto&) {
                             if (order.size() == 4) all_done.set_value();
                           }};
  };
  const auto nothing = [] {};
  ASSERT_TRUE(pool_
                  ->submit(job(9,
                               [&] {
                                 begun.set_value();
                                 release.get_future().wait();
                               }))
                  .ok());
  begun.get_future().wait();
  for (const int rank : {3, 1, 2}) ASSERT_TRUE(pool_->submit(job(rank, nothing)).ok());
  release.set_value();
  all_done.get_future().wait();
  EXPECT_EQ(order, (std::vector<int>{9, 1, 2, 3}));
}

TEST_F(Pool, AWorkerKilledBetweenJobsCostsNoJob) {
  start(self());
  const auto first = submit("a").get();
  ASSERT_TRUE(first.ok());
  const pid_t worker = std::stoi(first->analysis().algorithm_version());
  ASSERT_EQ(::kill(worker, SIGKILL), 0);
  siginfo_t ended{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(worker), &ended, WEXITED | WNOWAIT), 0);
  expect_next_job_succeeds();
}

TEST_F(Pool, JobsNotBegunAreGivenBackAtTheEnd) {
  start(self(), 1, milliseconds{300});
  auto hanging = submit("hang");
  auto waiting = submit("good");
  pool_.reset();
  const auto result = waiting.get();
  ASSERT_FALSE(result.ok());
  EXPECT_TRUE(result.error().code == ErrorCode::kShuttingDown);
  EXPECT_FALSE(hanging.get().ok());
}

TEST_F(Pool, AJobThatCannotBeLoadedLeavesTheWorkerAlone) {
  start(self());
  std::promise<ErrorCode> answered;
  ASSERT_TRUE(
      pool_
          ->submit({0,
                    []() -> Result<v1::AnalysisJob> {
                      return Error{ErrorCode::kStorageDamaged, "x"};
                    },
                    [&](Result<v1::AnalysisResult> result) { answered.set_value(result.error().code); }})
          .ok());
  EXPECT_EQ(answered.get_future().get(), ErrorCode::kStorageDamaged);
  EXPECT_EQ(pool_->replaced(), 0U);
}

}  // namespace
}  // namespace ecg::analysis
