// The folder with public recordings (ECG_DATA_DIR), read on demand and kept while the program runs.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "dsp/analysis.h"
#include "dsp/signal.h"

namespace ecg::accuracy {

struct Record {
  std::string name;      // path below the folder without extension: "ptbxl/records500/00001_hr"
  std::string database;  // its first part
  std::string id;        // its last part
  std::string patient;   // "ptbxl/15709.0": the same for all recordings of one person
  std::string path;      // full path without extension
  dsp::Recording recording;
  dsp::Options options;  // what the file says of the patient
  std::vector<std::string> comments;
};

// Thread-safe. Functions throw std::runtime_error naming the file when something cannot be read.
class Library {
 public:
  explicit Library(std::string root);

  const std::string& root() const { return root_; }
  bool has(std::string_view database) const;
  // Names of every record with a header, ascending.
  const std::vector<std::string>& names(const std::string& database);
  std::shared_ptr<const Record> load(const std::string& name);
  // Reads no samples.
  std::string patient_of(const std::string& name);

 private:
  std::string root_;
  std::mutex mutex_;
  std::map<std::string, std::vector<std::string>> names_;
  std::map<std::string, std::shared_ptr<const Record>> records_;
  std::map<std::string, std::string> ptbxl_patients_;  // by record number
};

// The record with one of its leads only, counted from 1.
Record single_lead(const Record& record, std::size_t number);

}  // namespace ecg::accuracy
