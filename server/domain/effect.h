// What follows from a transition, as data. The store commits effects together with the study, and the stages
// carry them out afterwards, each at least once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/ids.h"
#include "server/domain/critical_result.h"
#include "server/domain/policy.h"
#include "server/domain/report_status.h"

namespace ecg::domain {

// What the bedside is told; the report itself goes by DeliverReport.
enum class ClinicNotice : std::uint8_t {
  kSaved,
  kUploading,
  kReceived,
  kOpened,
  kRetakeWanted,  // quality poor: please record again
  kQuarantined,   // the recording cannot be read
  kReadAsItIs,    // no better recording came
  kNotAnalysed,   // treat as unread urgent
  kCriticalSuspected,
  kSuperseded,  // a report that was delivered before has a newer version
  kVoided,      // cancelled or rejected
};

struct StartAnalysis {
  int attempt = 1;
  friend bool operator==(const StartAnalysis&, const StartAnalysis&) = default;
};
struct OfferToPool {
  Pool pool = Pool::kDuty;
  friend bool operator==(const OfferToPool&, const OfferToPool&) = default;
};
struct TellClinic {
  ClinicNotice notice = ClinicNotice::kSaved;
  friend bool operator==(const TellClinic&, const TellClinic&) = default;
};
// The administrator who looks after intake.
struct TellOperator {
  friend bool operator==(const TellOperator&, const TellOperator&) = default;
};
struct RenderReport {
  int version = 1;
  ReportStatus status = ReportStatus::kPreliminary;
  friend bool operator==(const RenderReport&, const RenderReport&) = default;
};
// To every due recipient, until each has acknowledged.
struct DeliverReport {
  int version = 1;
  friend bool operator==(const DeliverReport&, const DeliverReport&) = default;
};
struct OpenCriticalResult {
  CriticalTier tier = CriticalTier::kCritical;
  friend bool operator==(const OpenCriticalResult&, const OpenCriticalResult&) = default;
};
struct CallPhoneChain {
  friend bool operator==(const CallPhoneChain&, const CallPhoneChain&) = default;
};
struct RecordBreach {
  friend bool operator==(const RecordBreach&, const RecordBreach&) = default;
};
// The draft of a reader whose lease ended stays, and whoever reads next sees it.
struct KeepDraft {
  PersonId reader;
  friend bool operator==(const KeepDraft&, const KeepDraft&) = default;
};
struct TellLeaseEnded {
  PersonId reader;
  std::uint64_t token = 0;
  friend bool operator==(const TellLeaseEnded&, const TellLeaseEnded&) = default;
};
// The earlier recording is kept and marked; the study shows the newer one.
struct SupersedeRecording {
  int attempt = 1;  // the one that no longer counts
  friend bool operator==(const SupersedeRecording&, const SupersedeRecording&) = default;
};

using Effect = std::variant<StartAnalysis, OfferToPool, TellClinic, TellOperator, RenderReport, DeliverReport,
                            OpenCriticalResult, CallPhoneChain, RecordBreach, KeepDraft, TellLeaseEnded,
                            SupersedeRecording>;
using Effects = std::vector<Effect>;

// "DELIVER_REPORT": the stable name for storage and logs.
std::string_view name(const Effect& effect);
std::string_view name(ClinicNotice notice);

}  // namespace ecg::domain
