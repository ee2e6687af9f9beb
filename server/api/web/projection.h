// What the contract's messages show of the store's records. The only place where the two meet.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "ecg/v1/administration.pb.h"
#include "ecg/v1/reading.pb.h"
#include "ecg/v1/report.pb.h"
#include "ecg/v1/site.pb.h"
#include "ecg/v1/study.pb.h"

#include "common/base/result.h"
#include "server/domain/study.h"
#include "server/store/store.h"

namespace ecg::web {

v1::Priority priority_code(domain::Priority priority);
v1::StudyState state_code(domain::StudyState state);
// kAbsent for what is not a state of a stored study.
domain::StudyState study_state(v1::StudyState code);
v1::CriticalState critical_code(domain::CriticalState state);
v1::DeliveryState delivery_code(domain::DeliveryState state);

// Names of sites, read once per answer. Not thread-safe.
class SiteNames {
 public:
  explicit SiteNames(const store::Snapshot& snapshot) : snapshot_(snapshot) {}
  // The id itself for a site that is gone.
  Result<std::string> of(const SiteId& id);

 private:
  const store::Snapshot& snapshot_;
  std::map<SiteId, std::string> names_;
};

Result<v1::StudySummary> study_summary(const store::Snapshot& snapshot, const store::StudyRecord& record,
                                       SiteNames& sites);
Result<v1::StudyDetail> study_detail(const store::Snapshot& snapshot, const store::StudyRecord& record);

// As signed, with how far it has come since. pdf_sha256 is set when the record carries the PDF.
Result<v1::Report> report_message(const store::ReportRecord& record);

v1::Lease lease_message(const domain::Lease& lease, const domain::Study& study);
v1::Person person_message(const store::PersonRecord& record);
v1::QuarantinedUpload quarantine_message(const store::UploadRecord& record);

// Whether a reader's list shows a study in this state.
bool on_worklist(domain::StudyState state);

}  // namespace ecg::web
