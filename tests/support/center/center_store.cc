#include "tests/support/center/center_store.h"

#include <cstdio>
#include <cstdlib>

#include "ecg/v1/study.pb.h"

#include "common/wire/convert.h"
#include "server/store/sqlite/sqlite_store.h"

namespace ecg::tests {
namespace {

constexpr std::int64_t kFramesPerBlock = 250;

void require(const Result<void>& outcome) {
  if (outcome.ok()) return;
  std::fprintf(stderr, "%s\n", printable(outcome.error(), Language::kEnglish).c_str());
  std::abort();
}

std::string registration(const StudyId& study) {
  v1::StudyRegistration message;
  message.set_study_id(study.value);
  message.mutable_patient()->set_id("p-1");
  message.mutable_patient()->set_name("陈明");
  message.mutable_patient()->set_sex(v1::SEX_MALE);
  message.mutable_patient()->set_age_years(41);
  message.set_operator_name("张护士");
  return message.SerializeAsString();
}

}  // namespace

dsp::Recording small_recording() {
  dsp::Recording recording;
  recording.sampling_frequency = {500};
  for (const auto id : {dsp::LeadId::kI, dsp::LeadId::kII, dsp::LeadId::kV1}) {
    dsp::Lead lead;
    lead.id = id;
    lead.label = dsp::lead_name(id);
    lead.uv_per_lsb = 5;
    for (int i = 0; i < 1000; ++i)
      lead.samples.push_back(i % 500 < 20 ? 200 - 10 * std::abs(10 - i % 500) : 0);
    recording.leads.push_back(std::move(lead));
  }
  return recording;
}

CenterStore::CenterStore() {
  std::string pattern = (std::filesystem::temp_directory_path() / "ecg-center-store-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) std::abort();
  folder_ = pattern;
  reopen();
  for (const char* id : {"baishi", "qingyun"}) {
    write([&](store::Transaction& transaction) {
      store::SiteRecord site;
      site.id = SiteId{id};
      site.name = id;
      return transaction.put_site(site);
    });
  }
}

CenterStore::~CenterStore() {
  store_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void CenterStore::reopen() {
  store_.reset();
  auto opened = store::open_sqlite_store((folder_ / "data").string(), random_);
  if (!opened.ok()) require(opened.error());
  store_ = std::move(opened).value();
}

StudyId CenterStore::receive(domain::Priority priority, const std::string& site) {
  const StudyId id{random_id(random_)};
  const dsp::Recording recording = small_recording();
  store::UploadRecord upload;
  upload.id = UploadId{random_id(random_)};
  upload.gateway = GatewayId{"g-" + site};
  upload.site = SiteId{site};
  upload.study = id;
  upload.format = wire::format_of(recording).SerializeAsString();
  upload.opened_at = clock_.now();
  store::StudyRecord record;
  record.study.id = id;
  record.study.site = SiteId{site};
  record.upload = upload.id;
  record.registration = registration(id);
  record.duration_s = recording.duration_s();
  record.created_at = clock_.now();
  domain::Event opened;
  opened.kind = domain::StudyEvent::kUploadOpened;
  opened.priority = priority;
  domain::Event stored;
  stored.kind = domain::StudyEvent::kAllChunksStored;
  write([&](store::Transaction& transaction) -> Result<void> {
    ECG_TRY(transaction.put_upload(upload));
    for (const auto& block : wire::cut_into_blocks(recording, kFramesPerBlock)) {
      ECG_ASSIGN(const auto message, wire::encode_block(block, static_cast<int>(recording.leads.size())));
      ECG_TRY(transaction.append_block(
          upload.id, {message.first_frame(), message.frame_count(), message.SerializeAsString()}));
    }
    ECG_ASSIGN(auto closed, transaction.find_upload(upload.id));
    const wire::Digest digest = wire::digest_of(recording);
    closed->state = store::UploadState::kClosed;
    closed->sha256 = std::string(digest.begin(), digest.end());
    closed->closed_at = clock_.now();
    ECG_TRY(transaction.put_upload(*closed));
    ECG_ASSIGN(const auto first, store::change_study(transaction, record, opened, clock_.now()));
    ECG_ASSIGN(const auto second, store::change_study(transaction, id, stored, clock_.now()));
    return {};
  });
  return id;
}

StudyId CenterStore::queue(domain::Priority priority, const std::string& site) {
  const StudyId id = receive(priority, site);
  domain::Event event;
  event.kind = domain::StudyEvent::kAnalysisStarted;
  happen(id, event);
  event.kind = domain::StudyEvent::kAnalysisDone;
  event.quality = domain::QualityState::kGood;
  happen(id, event);
  return id;
}

void CenterStore::happen(const StudyId& study, const domain::Event& event) {
  write([&](store::Transaction& transaction) -> Result<void> {
    ECG_ASSIGN(const auto change, store::change_study(transaction, study, event, clock_.now()));
    return {};
  });
}

store::StudyRecord CenterStore::study(const StudyId& id) {
  store::StudyRecord record;
  read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(const auto found, snapshot.find_study(id));
    if (!found) return Error{ErrorCode::kNotFound, id.value};
    record = *found;
    return {};
  });
  return record;
}

void CenterStore::read(const store::Store::Reading& reading) {
  require(store_->read(reading));
}
void CenterStore::write(const store::Store::Change& change) {
  require(store_->write_wait(change));
}

}  // namespace ecg::tests
