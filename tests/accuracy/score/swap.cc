#include "tests/accuracy/score/swap.h"

#include <array>
#include <map>
#include <optional>

namespace ecg::accuracy {
namespace {

using dsp::Exchange;
using dsp::LeadId;

// What a lead shows instead: another lead, upside down or not.
struct Shown {
  LeadId lead;
  bool inverted;
};

const std::map<Exchange, std::map<LeadId, Shown>>& shown_instead() {
  using enum LeadId;
  static const std::map<Exchange, std::map<LeadId, Shown>> table = {
      {Exchange::kRaLa,
       {{kI, {kI, true}},
        {kII, {kIII, false}},
        {kIII, {kII, false}},
        {kAVR, {kAVL, false}},
        {kAVL, {kAVR, false}}}},
      {Exchange::kRaLl,
       {{kI, {kIII, true}},
        {kII, {kII, true}},
        {kIII, {kI, true}},
        {kAVR, {kAVF, false}},
        {kAVF, {kAVR, false}}}},
      {Exchange::kLaLl,
       {{kI, {kII, false}},
        {kII, {kI, false}},
        {kIII, {kIII, true}},
        {kAVL, {kAVF, false}},
        {kAVF, {kAVL, false}}}},
      {Exchange::kV1V2, {{kV1, {kV2, false}}, {kV2, {kV1, false}}}},
      {Exchange::kV1V3, {{kV1, {kV3, false}}, {kV3, {kV1, false}}}},
      {Exchange::kV2V3, {{kV2, {kV3, false}}, {kV3, {kV2, false}}}},
      {Exchange::kV4V6, {{kV4, {kV6, false}}, {kV6, {kV4, false}}}},
      {Exchange::kV4V5, {{kV4, {kV5, false}}, {kV5, {kV4, false}}}},
      {Exchange::kV5V6, {{kV5, {kV6, false}}, {kV6, {kV5, false}}}},
      {Exchange::kChestReversed,
       {{kV1, {kV6, false}},
        {kV2, {kV5, false}},
        {kV3, {kV4, false}},
        {kV4, {kV3, false}},
        {kV5, {kV2, false}},
        {kV6, {kV1, false}}}},
  };
  return table;
}

// Exchanges whose detection counts, and those that are only reported.
constexpr std::array kLimbs = {Exchange::kRaLa, Exchange::kRaLl};
constexpr std::array kOthers = {Exchange::kV1V2, Exchange::kV1V3, Exchange::kV2V3, Exchange::kV4V6,
                                Exchange::kChestReversed};
constexpr std::array kReported = {Exchange::kLaLl, Exchange::kV4V5, Exchange::kV5V6};

struct Said {
  std::string electrodes;  // empty: none
  bool claimed = false;
  double log_odds = 0;
};

Said said_of(const dsp::Analysis& analysis) {
  if (!analysis.exchange) return {};
  return {analysis.exchange->electrodes, analysis.exchange->claimed, analysis.exchange->log_odds};
}

struct Tally {
  int claimed = 0, named = 0, likeliest = 0;
};

}  // namespace

dsp::Recording with_exchange(const dsp::Recording& recording, Exchange exchange) {
  dsp::Recording out = recording;
  for (const auto& [id, shown] : shown_instead().at(exchange)) {
    const int to = recording.find(id), from = recording.find(shown.lead);
    if (to < 0 || from < 0) continue;
    dsp::Lead lead = recording.leads[static_cast<std::size_t>(from)];
    if (shown.inverted) {
      for (std::int32_t& sample : lead.samples) sample = 2 * lead.baseline - sample;
    }
    lead.id = id;
    lead.label = recording.leads[static_cast<std::size_t>(to)].label;
    out.leads[static_cast<std::size_t>(to)] = std::move(lead);
  }
  return out;
}

Report score_swap(const Context& context) {
  std::vector<std::string> names = context.data->names("ptbxl");
  const auto& more = context.data->names("ludb");
  names.insert(names.end(), more.begin(), more.end());
  std::vector<std::array<Said, dsp::kExchanges + 1>> said(names.size());
  in_parallel(names.size(), [&](std::size_t i) {
    const Record record = *context.data->load(names[i]);
    said[i][dsp::kExchanges] = said_of(context.analyze(record));
    for (std::size_t k = 0; k < dsp::kExchanges; ++k) {
      Record changed = record;
      changed.recording = with_exchange(record.recording, static_cast<Exchange>(k));
      said[i][k] = said_of(context.analyze(changed));
    }
  });

  Report out;
  int false_alarms = 0;
  std::array<Tally, dsp::kExchanges> tallies{};
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Said& unchanged = said[i][dsp::kExchanges];
    if (unchanged.claimed) {
      ++false_alarms;
      out.text += line("claimed in %s as recorded: %s, log odds %.1f\n", names[i].c_str(),
                       unchanged.electrodes.c_str(), unchanged.log_odds);
    }
    for (std::size_t k = 0; k < dsp::kExchanges; ++k) {
      const bool right = said[i][k].electrodes == dsp::exchange_name(static_cast<Exchange>(k));
      tallies[k].claimed += said[i][k].claimed ? 1 : 0;
      tallies[k].named += said[i][k].claimed && right ? 1 : 0;
      tallies[k].likeliest += right ? 1 : 0;
      if (context.verbose && !(said[i][k].claimed && right)) {
        out.text += line("%s %s: %s %s %.1f\n", dsp::exchange_name(static_cast<Exchange>(k)).data(),
                         names[i].c_str(), said[i][k].claimed ? "claimed" : "thought of",
                         said[i][k].electrodes.c_str(), said[i][k].log_odds);
      }
    }
  }
  const auto share = [&](Exchange exchange, int Tally::*what) {
    return percent(tallies[static_cast<std::size_t>(exchange)].*what, static_cast<double>(names.size()));
  };
  out.text += line("%zu recordings, claims without exchange %d\n", names.size(), false_alarms);
  out.figures.push_back({"false alarms", static_cast<double>(false_alarms)});
  double sum = 0;
  const auto show = [&](Exchange exchange) {
    out.text += line("%-15s claimed and named %6.2f %%  claimed %6.2f %%  likeliest %6.2f %%\n",
                     dsp::exchange_name(exchange).data(), share(exchange, &Tally::named),
                     share(exchange, &Tally::claimed), share(exchange, &Tally::likeliest));
  };
  for (Exchange exchange : kLimbs) {
    show(exchange);
    out.figures.push_back({std::string(dsp::exchange_name(exchange)) + " %", share(exchange, &Tally::named)});
  }
  for (Exchange exchange : kOthers) {
    show(exchange);
    sum += share(exchange, &Tally::named) / kOthers.size();
  }
  out.figures.push_back({"mean of the other exchanges %", sum});
  out.text += line("mean of the chest exchanges %.2f %%\nnever claimed:\n", sum);
  for (Exchange exchange : kReported) show(exchange);
  return out;
}

}  // namespace ecg::accuracy
