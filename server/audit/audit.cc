#include "server/audit/audit.h"

#include "common/wire/sha256.h"

namespace ecg::audit {

namespace {

constexpr std::size_t kRecordsAtOnce = 1000;

void append_number(std::string& text, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) text.push_back(static_cast<char>(value >> (8 * i)));
}

// Lengths before the texts, so that no two records have the same bytes.
void append_text(std::string& bytes, const std::string& text) {
  append_number(bytes, text.size());
  bytes += text;
}

std::string hash_of(const store::AuditRecord& r) {
  std::string bytes;
  append_text(bytes, r.previous_hash);
  append_number(bytes, r.seq);
  append_number(bytes, static_cast<std::uint64_t>(to_micros(r.at)));
  for (const auto* text :
       {&r.actor, &r.action, &r.study.value, &r.site.value, &r.place, &r.outcome, &r.detail}) {
    append_text(bytes, *text);
  }
  return wire::as_bytes(wire::sha256(bytes));
}

}  // namespace

Result<void> record(store::Transaction& transaction, const Act& act, Timestamp now) {
  ECG_ASSIGN(const auto last, transaction.last_audit());
  store::AuditRecord r;
  r.seq = last ? last->seq + 1 : 1;
  r.at = now;
  r.actor = act.actor;
  r.action = act.action;
  r.study = act.study;
  r.site = act.site;
  r.place = act.place;
  r.outcome = act.outcome;
  r.detail = act.detail;
  if (last) r.previous_hash = last->hash;
  r.hash = hash_of(r);
  return transaction.append_audit(r);
}

Result<Chain> verify_chain(const store::Snapshot& snapshot) {
  Chain chain;
  for (;;) {
    ECG_ASSIGN(const auto records, snapshot.audit_after(chain.records, kRecordsAtOnce));
    if (records.empty()) return chain;
    for (const auto& r : records) {
      if (r.seq != chain.records + 1 || r.previous_hash != chain.last_hash || r.hash != hash_of(r)) {
        chain.broken_at = r.seq;
        return chain;
      }
      ++chain.records;
      chain.last_hash = r.hash;
    }
  }
}

}  // namespace ecg::audit
