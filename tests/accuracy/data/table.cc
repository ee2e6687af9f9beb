#include "tests/accuracy/data/table.h"

#include <stdexcept>

#include "common/base/file.h"

namespace ecg::accuracy {
namespace {

constexpr std::size_t kTableBytesMax = 64 << 20;

class Splitter {
 public:
  void take(char c) {
    if (quoted_) {
      if (c == '"') {
        quoted_ = false;
        closed_ = true;
      } else {
        cell_ += c;
      }
      return;
    }
    if (c == '"') {
      // Two quotes within a quoted cell stand for one.
      if (closed_) cell_ += '"';
      quoted_ = true;
    } else if (c == ',' || c == '\n') {
      end_cell();
      if (c == '\n') end_row();
    } else if (c != '\r') {
      cell_ += c;
    }
    closed_ = false;
  }

  std::vector<std::vector<std::string>> finish() {
    if (!cell_.empty() || !row_.empty()) {
      end_cell();
      end_row();
    }
    return std::move(rows_);
  }

 private:
  void end_cell() {
    row_.push_back(std::move(cell_));
    cell_.clear();
  }
  void end_row() {
    rows_.push_back(std::move(row_));
    row_.clear();
  }

  bool quoted_ = false, closed_ = false;
  std::string cell_;
  std::vector<std::string> row_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace

std::vector<std::vector<std::string>> read_rows(const std::string& path) {
  const auto text = read_file(path, kTableBytesMax);
  if (!text.ok()) throw std::runtime_error(path + ": " + message(text.error(), Language::kEnglish));
  Splitter splitter;
  for (const char c : *text) splitter.take(c);
  return splitter.finish();
}

std::vector<TableRow> read_table(const std::string& path) {
  const auto rows = read_rows(path);
  std::vector<TableRow> out;
  for (std::size_t r = 1; r < rows.size(); ++r) {
    TableRow row;
    for (std::size_t c = 0; c < rows.front().size(); ++c)
      row[rows.front()[c]] = c < rows[r].size() ? rows[r][c] : std::string();
    out.push_back(std::move(row));
  }
  return out;
}

std::string ptbxl_number(const std::string& id) {
  const auto first = id.find_first_not_of('0');
  return first == std::string::npos ? id : id.substr(first, id.find('_') - first);
}

}  // namespace ecg::accuracy
