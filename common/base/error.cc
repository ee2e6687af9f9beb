#include "common/base/error.h"

#include <array>
#include <cstdlib>

namespace ecg {
namespace {

constexpr std::array kTable = {
#define ECG_ERROR(name, catalogue, rpc, http, exit_code, retry, en, zh, en_next, zh_next) \
  ErrorFacts{ErrorCode::name, #name, catalogue, RpcCode::rpc, http,   exit_code,          \
             Retry::retry,    en,    zh,        en_next,      zh_next},
#include "common/base/errors.def"
#undef ECG_ERROR
};

std::string fill(std::string_view text, std::string_view subject) {
  const auto at = text.find("{}");
  if (at == std::string_view::npos) return std::string(text);
  std::string out(text.substr(0, at));
  std::string_view rest = text.substr(at + 2);
  if (subject.empty()) {  // "text: {}" without a subject ends before the colon
    if (out.ends_with(": "))
      out.resize(out.size() - 2);
    else if (out.ends_with("："))
      out.resize(out.size() - 3);
  }
  out += subject;
  out += rest;
  return out;
}

}  // namespace

const ErrorFacts& facts(ErrorCode code) {
  for (const auto& entry : kTable)
    if (entry.code == code) return entry;
  std::abort();
}

const ErrorFacts* facts_by_catalogue(int catalogue) {
  for (const auto& entry : kTable)
    if (entry.catalogue == catalogue) return &entry;
  return nullptr;
}

std::string message(const Error& error, Language language) {
  const auto& f = facts(error.code);
  return fill(language == Language::kChinese ? f.text_zh : f.text_en, error.subject);
}

std::string next_step(const Error& error, Language language) {
  const auto& f = facts(error.code);
  return std::string(language == Language::kChinese ? f.next_zh : f.next_en);
}

std::string printable(const Error& error, Language language) {
  return "error[E" + std::to_string(facts(error.code).catalogue) + "]: " + message(error, language) +
         (language == Language::kChinese ? "\n处理: " : "\nfix: ") + next_step(error, language);
}

}  // namespace ecg
