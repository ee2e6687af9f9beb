// Everything a printed report says, as plain values. Who fills it has decided what is true; rendering only
// sets type.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "dsp/analysis.h"
#include "server/domain/priority.h"
#include "server/domain/report_status.h"
#include "server/domain/study_state.h"

namespace ecg::reporting {

enum class SignerRole { kFirstReader, kConfirmingReader };

struct Signature {
  SignerRole role = SignerRole::kFirstReader;
  std::string name;
  Timestamp at{};
};

struct MeasurementLine {
  std::string label;  // "QRS"
  std::string value;  // "92", or a dash when there is none
  std::string unit;   // "ms"; may be empty
};

// Texts are UTF-8 in the document's language. Empty fields are left out of the print.
struct ReportDocument {
  Language language = Language::kChinese;
  int utc_offset_minutes = 480;  // zone in which times are printed

  std::string center_name;
  std::string site_name;
  std::string department;

  std::string patient_name;
  dsp::Sex sex = dsp::Sex::kUnknown;
  std::string age;           // "63 岁"
  std::string birth_date;    // "1963-05-01"
  std::string id_tail;       // last characters of the identity number only
  std::string temporary_id;  // for identities that are not matched
  domain::IdentityState identity = domain::IdentityState::kMatched;
  std::string exam_number;
  std::string symptoms;
  domain::Priority priority = domain::Priority::kRoutine;

  std::string device;  // model and serial number
  std::string recording_reference;
  std::optional<Timestamp> acquired_at, received_at;
  bool clock_trusted = true;  // false: acquired_at is printed with "≈"

  std::vector<MeasurementLine> measurements;
  std::vector<std::string> findings;            // the report's statements, in order
  std::string text;                             // the reader's free text
  std::vector<std::string> automatic_findings;  // what the analysis had proposed, beside the human text

  domain::ReportStatus status = domain::ReportStatus::kPreliminary;
  int version = 1;
  std::vector<Signature> signatures;
  Timestamp created_at{};  // of this version; printed nowhere, kept in the file

  domain::QualityState quality = domain::QualityState::kUnknown;
  std::string algorithm;     // "ecg-dsp 0.1.0, cn-consensus-2017@1.0.0"
  std::string filters;       // "0.05–150 Hz, AC 50 Hz"; empty: samples are drawn as recorded
  std::string version_hash;  // digest of this version, hex
  std::string application;   // "ecg-server 0.1.0"
};

}  // namespace ecg::reporting
