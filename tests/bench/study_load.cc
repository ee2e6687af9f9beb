// Generator for the end-to-end bench: sends whole simulated studies to a center over gRPC as fast as it
// answers, and tells when each was sent, acknowledged as stored, and seen analysed. One JSON object on
// standard output.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <grpcpp/grpcpp.h>
#include <nlohmann/json.hpp>

#include "ecg/v1/upload.grpc.pb.h"

#include "common/base/clock.h"
#include "common/base/file.h"
#include "common/base/ids.h"
#include "common/base/random.h"
#include "common/wire/block_codec.h"
#include "common/wire/convert.h"
#include "dsp/analysis.h"
#include "gateway/simulator/scenario.h"
#include "gateway/simulator/simulator.h"

namespace {

using Steady = std::chrono::steady_clock;

struct Options {
  std::string address, folder;  // folder: a gateway's state folder with ca.crt, gateway.crt, gateway.key
  int studies = 100, streams = 4;
};

struct Sample {
  std::string study_id;
  std::int64_t sent_us = 0;  // wall clock when the last block left
  double receipt_ms = 0;     // from then to the receipt
};

std::string file_text(const std::string& path) {
  return ecg::read_file(path, 1 << 20).value();
}

double ms_since(Steady::time_point from) {
  return std::chrono::duration<double, std::milli>(Steady::now() - from).count();
}

// A 10 s recording cut into blocks of 250 ms, encoded once; ids differ per study.
struct Prepared {
  ecg::v1::RecordingFormat format;
  std::vector<ecg::v1::SampleBlock> blocks;
  std::uint64_t frames = 0;
  std::string sha256;
  ecg::dsp::Recording recording;
};

Prepared prepare() {
  ecg::simulator::Scenario scenario;
  Prepared p;
  p.recording = ecg::simulator::record(scenario, 10.0);
  p.format = ecg::wire::format_of(p.recording);
  const int leads = static_cast<int>(p.recording.leads.size());
  for (const auto& block : ecg::wire::cut_into_blocks(p.recording, 125))
    p.blocks.push_back(ecg::wire::encode_block(block, leads).value());
  p.frames = static_cast<std::uint64_t>(p.recording.frames());
  const auto digest = ecg::wire::digest_of(p.recording);
  p.sha256.assign(reinterpret_cast<const char*>(digest.data()), digest.size());
  return p;
}

bool upload(ecg::v1::UploadService::Stub& stub, const Prepared& prepared, ecg::Random& random,
            Sample& sample) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  auto stream = stub.Upload(&context);
  ecg::v1::UploadRequest open, close;
  auto* study = open.mutable_open()->mutable_study();
  open.mutable_open()->set_upload_id(ecg::random_id(random));
  sample.study_id = ecg::random_id(random);
  study->set_study_id(sample.study_id);
  study->mutable_patient()->set_id("bench");
  study->mutable_patient()->set_name("bench");
  study->mutable_patient()->set_identity(ecg::v1::IDENTITY_STATE_MATCHED);
  study->set_priority(ecg::v1::PRIORITY_ROUTINE);
  study->set_attempt(1);
  study->mutable_acquired_at()->set_seconds(std::time(nullptr));
  *open.mutable_open()->mutable_format() = prepared.format;
  stream->Write(open);
  for (const auto& block : prepared.blocks) {
    ecg::v1::UploadRequest request;
    *request.mutable_block() = block;
    if (!stream->Write(request)) break;
  }
  close.mutable_close()->set_frames(prepared.frames);
  close.mutable_close()->set_sha256(prepared.sha256);
  close.mutable_close()->set_disposition(ecg::v1::CLOSE_DISPOSITION_COMPLETE);
  *close.mutable_close()->mutable_study() = *study;
  sample.sent_us = ecg::to_micros(ecg::SystemClock().now());
  const auto sent = Steady::now();
  stream->Write(close);
  stream->WritesDone();
  ecg::v1::UploadResponse answer;
  bool closed = false;
  while (stream->Read(&answer))
    if (answer.has_closed()) {
      sample.receipt_ms = ms_since(sent);
      closed = true;
    }
  return stream->Finish().ok() && closed;
}

double analysis_ms(const ecg::dsp::Recording& recording, int times, std::vector<double>& each) {
  for (int i = 0; i < times; ++i) {
    const auto from = Steady::now();
    const auto analysis = ecg::dsp::analyze(recording, {});
    each.push_back(ms_since(from));
    if (analysis.algorithm_version.empty()) std::abort();
  }
  return each.back();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: study_load HOST:PORT GATEWAY_STATE STUDIES STREAMS\n");
    return 2;
  }
  const Options options{argv[1], argv[2], std::stoi(argv[3]), std::stoi(argv[4])};
  const Prepared prepared = prepare();
  const auto credentials =
      grpc::SslCredentials({file_text(options.folder + "/ca.crt"), file_text(options.folder + "/gateway.key"),
                            file_text(options.folder + "/gateway.crt")});
  auto channel = grpc::CreateChannel(options.address, credentials);
  ecg::SystemRandom random;
  std::atomic<int> next{0}, failed{0};
  std::mutex mutex;
  std::vector<Sample> samples;
  const auto began = Steady::now();
  std::vector<std::jthread> senders;
  for (int s = 0; s < options.streams; ++s)
    senders.emplace_back([&] {
      const auto stub = ecg::v1::UploadService::NewStub(channel);
      while (next.fetch_add(1) < options.studies) {
        Sample sample;
        if (!upload(*stub, prepared, random, sample)) {
          ++failed;
          continue;
        }
        const std::lock_guard lock(mutex);
        samples.push_back(sample);
      }
    });
  senders.clear();
  const double seconds = ms_since(began) / 1000;

  std::size_t encoded = 0;
  for (const auto& block : prepared.blocks) encoded += block.ByteSizeLong();
  std::vector<double> analysis;
  analysis_ms(prepared.recording, 50, analysis);
  nlohmann::json out{{"studies", samples.size()},
                     {"failed", failed.load()},
                     {"seconds", seconds},
                     {"block_bytes_per_study", encoded},
                     {"leads", prepared.recording.leads.size()},
                     {"analysis_ms", analysis}};
  for (const auto& sample : samples)
    out["samples"].push_back(
        {{"study", sample.study_id}, {"sent_us", sample.sent_us}, {"receipt_ms", sample.receipt_ms}});
  std::cout << out.dump() << "\n";
  return failed.load() == 0 ? 0 : 1;
}
