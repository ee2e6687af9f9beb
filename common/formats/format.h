// Reading ECG files of other makers. Which format a file has is found from its content; nothing here trusts
// it: every input gives a recording or a named error, never a crash, and memory stays in proportion to the
// input. Foreign files at a clinic are read through sandbox/sandbox.h; these functions are what runs inside.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/result.h"
#include "common/formats/bytes.h"
#include "dsp/analysis.h"
#include "dsp/signal.h"

namespace ecg::formats {

// What the file says about the patient; empty where it says nothing. Never logged.
struct PatientFields {
  std::string id;
  std::string name;  // family name first when the file keeps the parts apart
  dsp::Sex sex = dsp::Sex::kUnknown;
  std::string birth_date;  // "YYYY-MM-DD"
  std::optional<double> age_years;
  friend bool operator==(const PatientFields&, const PatientFields&) = default;
};

struct DeviceFields {
  std::string manufacturer, model, serial;
  friend bool operator==(const DeviceFields&, const DeviceFields&) = default;
};

// Something in the file that a reader of the recording should know and that was no reason to refuse it.
struct Oddity {
  std::string code;    // a row of oddities.def, e.g. "sensitivity_unknown"
  std::string detail;  // leads, fields; no patient data
  friend bool operator==(const Oddity&, const Oddity&) = default;
};

// One sentence, without a full stop.
std::string oddity_text(const Oddity& oddity, Language language);

struct ImportedRecording {
  dsp::Recording
      recording;  // samples exactly as stored; values the format reserves for "invalid" also lie in a gap
  PatientFields patient;
  DeviceFields device;
  std::optional<Timestamp> acquired_at;  // only when the file states its time zone
  std::string acquired_local;  // "YYYY-MM-DDTHH:MM:SS" on the device's own clock, zone unknown; may be empty
  std::string format;          // "WFDB", "SCP-ECG", "CSV"
  std::vector<std::string> comments;  // free text lines of the file; may hold patient data
  std::vector<Oddity> oddities;       // each code at most once
};

// A file by name and content. The name is only a file name, without folders.
struct NamedBlob {
  std::string name;
  std::vector<std::uint8_t> bytes;
};

// Samples of all leads together that one recording may hold; more is kTooLarge.
inline constexpr std::size_t kImportSamplesMax = 16 * 1024 * 1024;
inline constexpr std::size_t kImportLeadsMax = 64;
inline constexpr std::size_t kImportFilesMax = 16;

// Reads the file and, for a WFDB header, the signal files that it names beside itself (same folder only).
// Together at most limits::kImportFileBytesMax. Errors: kFileNotFound, kFileUnreadable, kTooLarge, and for a
// header kFileMalformed, kFileTruncated, kFormatUnsupported. Blocks on the disk.
Result<std::vector<NamedBlob>> load_files(const std::string& path);

// files.front() decides the format. Errors: kFormatUnknown, kFileTruncated, kFileMalformed, kFileChecksum,
// kFormatUnsupported, kTooLarge, kTooManyLeads; kFileNotFound when a header names a file that is not among
// files. Pure; any thread.
Result<ImportedRecording> read_files(std::span<const NamedBlob> files);

// The same for a format that keeps everything in one file. name serves messages and, where content cannot
// tell, detection.
Result<ImportedRecording> read_bytes(Bytes bytes, const std::string& name);

// load_files and read_files in this process: for offline tools and tests.
Result<ImportedRecording> read_file(const std::string& path);

}  // namespace ecg::formats
