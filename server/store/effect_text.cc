#include "server/store/effect_text.h"

#include <charconv>
#include <vector>

namespace ecg::store {

namespace {

using namespace domain;  // NOLINT: every name below is one of its effects

template <class... Parts>
struct Overloaded : Parts... {
  using Parts::operator()...;
};
template <class... Parts>
Overloaded(Parts...) -> Overloaded<Parts...>;

template <class Value>
std::string number(Value value) {
  return " " + std::to_string(static_cast<std::uint64_t>(value));
}

// An empty id would leave no word to read back.
std::string word(const PersonId& id) {
  return id.empty() ? " -" : " " + id.value;
}

std::string fields(const Effect& effect) {
  return std::visit(Overloaded{
                        [](const StartAnalysis& e) { return number(e.attempt); },
                        [](const OfferToPool& e) { return number(e.pool); },
                        [](const TellClinic& e) { return number(e.notice); },
                        [](const RenderReport& e) { return number(e.version) + number(e.status); },
                        [](const DeliverReport& e) { return number(e.version); },
                        [](const OpenCriticalResult& e) { return number(e.tier); },
                        [](const KeepDraft& e) { return word(e.reader); },
                        [](const TellLeaseEnded& e) { return word(e.reader) + number(e.token); },
                        [](const SupersedeRecording& e) { return number(e.attempt); },
                        [](const TellOperator&) { return std::string(); },
                        [](const CallPhoneChain&) { return std::string(); },
                        [](const RecordBreach&) { return std::string(); },
                    },
                    effect);
}

// The words of one line, read one after the other; failed() once one was missing or not what it should be.
class Words {
 public:
  explicit Words(std::string_view text) {
    while (!text.empty()) {
      const auto space = text.find(' ');
      words_.push_back(text.substr(0, space));
      text = space == std::string_view::npos ? std::string_view() : text.substr(space + 1);
    }
  }
  std::string_view next() {
    if (at_ >= words_.size()) {
      failed_ = true;
      return {};
    }
    return words_[at_++];
  }
  template <class Value>
  Value next_number(std::uint64_t most) {
    const std::string_view word = next();
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size() || value > most) failed_ = true;
    return static_cast<Value>(value);
  }
  PersonId next_person() {
    const std::string_view word = next();
    return PersonId(word == "-" ? std::string() : std::string(word));
  }
  bool complete() const { return !failed_ && at_ == words_.size(); }

 private:
  std::vector<std::string_view> words_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

constexpr std::uint64_t kCountMax = 1'000'000;

template <class Kind>
Kind read(Words& words) {
  Kind e;
  if constexpr (requires { e.token; }) {
    e.reader = words.next_person();
    e.token = words.next_number<std::uint64_t>(UINT64_MAX);
  } else if constexpr (requires { e.reader; }) {
    e.reader = words.next_person();
  } else if constexpr (requires { e.status; }) {
    e.version = words.next_number<int>(kCountMax);
    e.status = words.next_number<ReportStatus>(static_cast<std::uint64_t>(ReportStatus::kEnteredInError));
  } else if constexpr (requires { e.version; }) {
    e.version = words.next_number<int>(kCountMax);
  } else if constexpr (requires { e.attempt; }) {
    e.attempt = words.next_number<int>(kCountMax);
  } else if constexpr (requires { e.pool; }) {
    e.pool = words.next_number<Pool>(static_cast<std::uint64_t>(Pool::kExpert));
  } else if constexpr (requires { e.notice; }) {
    e.notice = words.next_number<ClinicNotice>(static_cast<std::uint64_t>(ClinicNotice::kVoided));
  } else if constexpr (requires { e.tier; }) {
    e.tier = words.next_number<CriticalTier>(static_cast<std::uint64_t>(CriticalTier::kMajorPositive));
  }
  return e;
}

template <std::size_t index = 0>
std::optional<Effect> read_named(std::string_view wanted, Words& words) {
  if constexpr (index == std::variant_size_v<Effect>) {
    return std::nullopt;
  } else {
    using Kind = std::variant_alternative_t<index, Effect>;
    if (name(Effect(Kind{})) != wanted) return read_named<index + 1>(wanted, words);
    return Effect(read<Kind>(words));
  }
}

}  // namespace

std::string to_text(const Effect& effect) {
  return std::string(name(effect)) + fields(effect);
}

std::optional<Effect> parse_effect(std::string_view text) {
  Words words(text);
  auto effect = read_named(words.next(), words);
  if (!words.complete()) return std::nullopt;
  return effect;
}

}  // namespace ecg::store
