#include "common/formats/sandbox/sandbox.h"

#include <atomic>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/random.h"
#include "common/formats/sandbox/confine.h"
#include "common/formats/sandbox/transfer.h"
#include "common/formats/wfdb.h"
#include "tests/unit/common/formats/fixtures.h"
#include "tests/unit/common/formats/scp_fixture.h"

namespace ecg::formats {
namespace {

using std::chrono::milliseconds;

const std::string kProgram = ECG_IMPORT_PROGRAM;

class Folder : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "ecg-sandbox-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(path_); }

  std::string write(const std::string& name, const std::vector<std::uint8_t>& bytes) {
    const auto path = path_ / name;
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), std::ssize(bytes));
    return path.string();
  }
  std::string script(const std::string& body) {
    const std::string path = write("script", testing::bytes_of("#!/bin/sh\n" + body + "\n"));
    ::chmod(path.c_str(), 0700);
    return path;
  }
  std::filesystem::path path_;
};

using Sandbox = Folder;

void ExpectSame(const ImportedRecording& a, const ImportedRecording& b) {
  ASSERT_TRUE(testing::same_samples(a.recording, b.recording));
  for (std::size_t k = 0; k < a.recording.leads.size(); ++k) {
    const auto &x = a.recording.leads[k], &y = b.recording.leads[k];
    EXPECT_EQ(x.id, y.id);
    EXPECT_EQ(x.label, y.label);
    EXPECT_EQ(x.uv_per_lsb, y.uv_per_lsb);
    EXPECT_EQ(x.baseline, y.baseline);
    EXPECT_EQ(x.gaps, y.gaps);
  }
  EXPECT_EQ(a.recording.sampling_frequency.value, b.recording.sampling_frequency.value);
  EXPECT_EQ(a.patient, b.patient);
  EXPECT_EQ(a.device, b.device);
  EXPECT_EQ(a.acquired_at, b.acquired_at);
  EXPECT_EQ(a.acquired_local, b.acquired_local);
  EXPECT_EQ(a.format, b.format);
  EXPECT_EQ(a.comments, b.comments);
  EXPECT_EQ(a.oddities, b.oddities);
}

TEST_F(Sandbox, WfdbReadsAsInThisProcess) {
  ImportedRecording source = testing::small_recording(5000);
  source.recording.leads[0].gaps = {{10, 20}, {4000, 4400}};
  std::string header;
  const auto files = write_wfdb(source, "rec");
  ASSERT_TRUE(files.ok());
  for (const auto& file : *files) {
    const std::string path = write(file.name, file.bytes);
    if (path.ends_with(".hea")) header = path;
  }
  const auto inside = read_in_sandbox(kProgram, header);
  ASSERT_TRUE(inside.ok()) << inside.error().detail;
  ExpectSame(*inside, *read_file(header));
}

TEST_F(Sandbox, ScpReadsAsInThisProcess) {
  testing::ScpOptions options;
  options.huffman = true;
  options.differences = 2;
  const std::string path = write("a.scp", testing::scp_file({{1, 2, 300, 4}, {-5, 6, 7, -800}}, options));
  const auto inside = read_in_sandbox(kProgram, path);
  ASSERT_TRUE(inside.ok()) << inside.error().detail;
  ExpectSame(*inside, *read_file(path));
}

TEST_F(Sandbox, RefusalsComeThroughByName) {
  const auto nonsense = read_in_sandbox(kProgram, write("x.bin", testing::bytes_of("nothing of the kind")));
  ASSERT_FALSE(nonsense.ok());
  EXPECT_EQ(nonsense.error().code, ErrorCode::kFormatUnknown);
  EXPECT_EQ(nonsense.error().subject, "x.bin");
  auto damaged = testing::scp_file({{1, 2, 3}});
  damaged.back() ^= 1;
  EXPECT_EQ(read_in_sandbox(kProgram, write("d.scp", damaged)).error().code, ErrorCode::kFileChecksum);
  EXPECT_EQ(read_in_sandbox(kProgram, (path_ / "none").string()).error().code, ErrorCode::kFileNotFound);
}

TEST_F(Sandbox, ProcessThatHangsIsKilledInTime) {
  const std::string path = write("a.scp", testing::scp_file({{1, 2, 3}}));
  SandboxLimits limits;
  limits.wall = milliseconds(300);
  const auto begin = std::chrono::steady_clock::now();
  const auto r = read_in_sandbox(script("exec sleep 60"), path, limits);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  ASSERT_FALSE(r.ok());
  EXPECT_EQ(r.error().code, ErrorCode::kImportFailed);
  EXPECT_EQ(r.error().subject, "a.scp");
  EXPECT_EQ(r.error().detail, "out of time");
}

TEST_F(Sandbox, ProcessThatCrashesIsAFailedImport) {
  const std::string path = write("a.scp", testing::scp_file({{1, 2, 3}}));
  for (const char* body :
       {"kill -SEGV $$", "exit 3", "printf ECG", "printf 'some nonsense that is long enough'"}) {
    const auto r = read_in_sandbox(script(body), path);
    ASSERT_FALSE(r.ok()) << body;
    EXPECT_EQ(r.error().code, ErrorCode::kImportFailed) << body;
  }
  EXPECT_EQ(read_in_sandbox((path_ / "no-such-program").string(), path).error().code,
            ErrorCode::kImportFailed);
}

TEST_F(Sandbox, TooLittleMemoryIsAFailedImport) {
  if (!full_confinement()) GTEST_SKIP() << "sanitizers cannot run with a limited address space";
  std::vector<std::uint8_t> big(std::size_t{40} * 1024 * 1024, 7);
  const std::string path = write("big.scp", big);
  EXPECT_EQ(read_in_sandbox(kProgram, path).error().code, ErrorCode::kFileMalformed);
  SandboxLimits limits;
  limits.memory_bytes = std::size_t{32} * 1024 * 1024;
  EXPECT_EQ(read_in_sandbox(kProgram, path, limits).error().code, ErrorCode::kImportFailed);
}

TEST_F(Sandbox, RealFilesReadAsInThisProcess) {
  ECG_NEEDS_DATA();
  for (const char* name : {"formats/scp/rigacci_contec_0000050.scp", "formats/scp/wfdb_checkpkg_test.scp",
                           "mitdb/101.hea", "ptbxl/records500/00001_hr.hea"}) {
    const std::string path = testing::data_dir() + "/" + name;
    const auto inside = read_in_sandbox(kProgram, path);
    ASSERT_TRUE(inside.ok()) << name << " " << inside.error().detail;
    ExpectSame(*inside, *read_file(path));
  }
}

TEST(ConfineDeathTest, OpenSocketForkAndExecutableMemoryKillTheProcess) {
  if (!full_confinement()) GTEST_SKIP() << "no confinement in sanitizer builds";
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto confined = [](auto act) {
    if (!confine_process({})) ::_exit(1);
    act();
    ::_exit(0);
  };
  const auto killed = ::testing::KilledBySignal(SIGSYS);
  EXPECT_EXIT(confined([] { (void)::open("/etc/hostname", O_RDONLY); }), killed, "");
  EXPECT_EXIT(confined([] { (void)::socket(AF_INET, SOCK_STREAM, 0); }), killed, "");
  EXPECT_EXIT(confined([] { (void)::fork(); }), killed, "");
  EXPECT_EXIT(confined([] { (void)::unlink("/nonexistent"); }), killed, "");
  EXPECT_EXIT(confined([] {
                (void)::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
              }),
              killed, "");
  EXPECT_EXIT(confined([] { std::vector<int> v(1 << 20, 3); }), ::testing::ExitedWithCode(0), "");
}

TEST(ConfineDeathTest, EndlessLoopEndsWithTheProcessorLimit) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  SandboxLimits limits;
  limits.cpu = std::chrono::seconds(1);
  EXPECT_EXIT(
      {
        if (!confine_process(limits)) ::_exit(1);
        std::atomic<unsigned> turns{0};
        for (;;) ++turns;
      },
      [](int status) {
        return WIFSIGNALED(status) && (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGXCPU);
      },
      "");
}

TEST(Transfer, AnswerCutOrChangedAnywhereGivesAnErrorOrAValidRecording) {
  const Result<ImportedRecording> source = testing::small_recording();
  const auto whole = encode_answer(source, "a");
  ASSERT_TRUE(decode_answer(whole, "a").ok());
  for (std::size_t n = 0; n < whole.size(); ++n)
    EXPECT_FALSE(decode_answer(Bytes(whole).first(n), "a").ok()) << n;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const unsigned flip : {0x01u, 0x80u, 0xffu}) {
      auto bytes = whole;
      bytes[i] = static_cast<std::uint8_t>(bytes[i] ^ flip);
      const auto r = decode_answer(bytes, "a");
      if (!r.ok()) continue;
      for (const auto& lead : r.value().recording.leads)
        EXPECT_EQ(std::ssize(lead.samples), r.value().recording.frames());
    }
  }
}

TEST(Transfer, QuestionCutAnywhereIsRefused) {
  const auto files = write_wfdb(testing::small_recording(), "rec").value();
  const auto whole = encode_question(files);
  ASSERT_EQ(decode_question(whole).value()[1].bytes, files[1].bytes);
  for (std::size_t n = 0; n < whole.size(); ++n)
    EXPECT_FALSE(decode_question(Bytes(whole).first(n)).ok()) << n;
}

TEST(Transfer, GapsOutsideTheRecordingAreNotBelieved) {
  ImportedRecording source = testing::small_recording();
  for (const auto& gaps :
       std::vector<std::vector<dsp::Interval>>{{{0, 61}}, {{5, 5}}, {{10, 20}, {15, 30}}, {{-1, 2}}}) {
    source.recording.leads[0].gaps = gaps;
    EXPECT_FALSE(decode_answer(encode_answer(source, "a"), "a").ok());
  }
  source.recording.leads[0].gaps = {{0, 60}};
  EXPECT_TRUE(decode_answer(encode_answer(source, "a"), "a").ok());
}

}  // namespace
}  // namespace ecg::formats
