#include "tests/accuracy/data/library.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "common/formats/format.h"
#include "tests/accuracy/data/table.h"

namespace ecg::accuracy {
namespace {

namespace fs = std::filesystem;

std::string first_part(const std::string& name) {
  return name.substr(0, name.find('/'));
}

std::string last_part(const std::string& name) {
  const auto slash = name.rfind('/');
  return slash == std::string::npos ? name : name.substr(slash + 1);
}

}  // namespace

Library::Library(std::string root) : root_(std::move(root)) {
  if (!fs::is_directory(root_)) throw std::runtime_error("no such folder: " + root_);
}

bool Library::has(std::string_view database) const {
  return fs::is_directory(fs::path(root_) / database);
}

const std::vector<std::string>& Library::names(const std::string& database) {
  const std::scoped_lock lock(mutex_);
  auto& names = names_[database];
  if (!names.empty()) return names;
  if (!has(database)) throw std::runtime_error("no such folder: " + root_ + "/" + database);
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(root_) / database)) {
    if (entry.path().extension() != ".hea") continue;
    auto relative = fs::relative(entry.path(), root_);
    names.push_back(relative.replace_extension().generic_string());
  }
  std::ranges::sort(names);
  return names;
}

std::string Library::patient_of(const std::string& name) {
  const std::string database = first_part(name), id = last_part(name);
  // Two recordings of one man, says the directory of the database.
  if (name == "mitdb/202") return "mitdb/201";
  // The noise stress test is mitdb with noise added: 118e06.
  if (database == "nstdb") return "mitdb/" + id.substr(0, id.find('e'));
  // cu01 and cu01m are one recording in two formats.
  if (database == "cudb" && id.ends_with('m')) return "cudb/" + id.substr(0, id.size() - 1);
  if (database != "ptbxl") return name;
  const std::scoped_lock lock(mutex_);
  if (ptbxl_patients_.empty()) {
    for (const auto& row : read_table(root_ + "/ptbxl/ptbxl_database.csv"))
      ptbxl_patients_[row.at("ecg_id")] = row.at("patient_id");
  }
  const auto found = ptbxl_patients_.find(ptbxl_number(id));
  return "ptbxl/" + (found == ptbxl_patients_.end() ? id : found->second);
}

std::shared_ptr<const Record> Library::load(const std::string& name) {
  {
    const std::scoped_lock lock(mutex_);
    const auto found = records_.find(name);
    if (found != records_.end()) return found->second;
  }
  auto record = std::make_shared<Record>();
  record->name = name;
  record->database = first_part(name);
  record->id = last_part(name);
  record->patient = patient_of(name);
  record->path = root_ + "/" + name;
  auto read = formats::read_file(record->path + ".hea");
  if (!read.ok()) {
    throw std::runtime_error(record->path + ".hea: " + message(read.error(), Language::kEnglish) + " " +
                             read.error().detail);
  }
  record->recording = std::move(read->recording);
  record->options.sex = read->patient.sex;
  record->options.age_years = read->patient.age_years;
  record->comments = std::move(read->comments);
  const std::scoped_lock lock(mutex_);
  return records_.emplace(name, std::move(record)).first->second;
}

Record single_lead(const Record& record, std::size_t number) {
  Record out;
  out.name = record.name;
  out.database = record.database;
  out.id = record.id;
  out.patient = record.patient;
  out.path = record.path;
  out.options = record.options;
  out.comments = record.comments;
  out.recording.sampling_frequency = record.recording.sampling_frequency;
  if (number < 1 || number > record.recording.leads.size())
    throw std::runtime_error(record.name + ": no lead " + std::to_string(number));
  out.recording.leads.push_back(record.recording.leads[number - 1]);
  return out;
}

}  // namespace ecg::accuracy
