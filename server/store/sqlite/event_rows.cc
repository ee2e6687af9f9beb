// Outbox, positions of the stages in it, timers, audit.
#include "server/store/effect_text.h"
#include "server/store/sqlite/columns.h"
#include "server/store/sqlite/transaction.h"

namespace ecg::store {

namespace {

using sqlite::Blob;

EventRecord event(Columns& c) {
  EventRecord r;
  r.seq = c.natural();
  r.kind = c.number(EventKind::kSettingsChanged);
  r.study = c.id<StudyId>();
  r.site = c.id<SiteId>();
  r.at = c.time();
  const std::string effect = c.text();
  if (r.kind == EventKind::kEffect) {
    r.effect = parse_effect(effect);
    if (!r.effect) c.damage();
  }
  r.version = c.small();
  return r;
}

TimerRecord timer(Columns& c) {
  TimerRecord r;
  r.kind = c.text();
  r.study = c.id<StudyId>();
  r.due_at = c.time();
  return r;
}

#define ECG_AUDIT_COLUMNS "seq,at,actor,action,study,site,place,outcome,detail,previous_hash,hash"

AuditRecord audit(Columns& c) {
  AuditRecord r;
  r.seq = c.natural();
  r.at = c.time();
  r.actor = c.text();
  r.action = c.text();
  r.study = c.id<StudyId>();
  r.site = c.id<SiteId>();
  r.place = c.text();
  r.outcome = c.text();
  r.detail = c.text();
  r.previous_hash = c.blob();
  r.hash = c.blob();
  return r;
}

}  // namespace

Result<std::vector<EventRecord>> SqliteSnapshot::events_after(std::uint64_t seq, std::size_t limit) const {
  auto query =
      prepare("SELECT seq,kind,study,site,at,effect,version FROM event WHERE seq>? ORDER BY seq LIMIT ?");
  query.bind(seq, limit);
  return all_rows<EventRecord>(query, event, "event");
}

Result<std::uint64_t> SqliteSnapshot::last_event() const {
  auto query = prepare("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name='event'),0)");
  ECG_ASSIGN(const bool row, query.step());
  return row ? static_cast<std::uint64_t>(query.integer(0)) : 0;
}

Result<std::uint64_t> SqliteSnapshot::position(const std::string& stage) const {
  auto query = prepare("SELECT seq FROM position WHERE stage=?");
  query.bind(stage);
  ECG_ASSIGN(const bool row, query.step());
  return row ? static_cast<std::uint64_t>(query.integer(0)) : 0;
}

Result<std::vector<TimerRecord>> SqliteSnapshot::due_timers(Timestamp now, std::size_t limit) const {
  auto query = prepare("SELECT kind,study,due_at FROM timer WHERE due_at<=? ORDER BY due_at LIMIT ?");
  query.bind(now, limit);
  return all_rows<TimerRecord>(query, timer, "timer");
}

Result<std::optional<Timestamp>> SqliteSnapshot::next_timer_at() const {
  auto query = prepare("SELECT min(due_at) FROM timer");
  ECG_ASSIGN(const bool row, query.step());
  if (!row) return std::optional<Timestamp>();
  return query.optional_time(0);
}

Result<std::vector<AuditRecord>> SqliteSnapshot::audit_after(std::uint64_t seq, std::size_t limit) const {
  auto query = prepare("SELECT " ECG_AUDIT_COLUMNS " FROM audit WHERE seq>? ORDER BY seq LIMIT ?");
  query.bind(seq, limit);
  return all_rows<AuditRecord>(query, audit, "audit record");
}

Result<std::optional<AuditRecord>> SqliteSnapshot::last_audit() const {
  auto query = prepare("SELECT " ECG_AUDIT_COLUMNS " FROM audit ORDER BY seq DESC LIMIT 1");
  return find_row<AuditRecord>(query, audit, "audit record");
}

Result<void> SqliteTransaction::append_event(const EventRecord& r) {
  const std::string effect = r.effect ? to_text(*r.effect) : std::string();
  ECG_TRY(prepare("INSERT INTO event(kind,study,site,at,effect,version) VALUES(?,?,?,?,?,?)")
              .bind(r.kind, r.study, r.site, r.at, effect, r.version)
              .run());
  appended_event_ = static_cast<std::uint64_t>(database_.last_insert_id());
  return {};
}

Result<void> SqliteTransaction::put_position(const std::string& stage, std::uint64_t seq) {
  static const std::string sql = upsert("position", "stage,seq", "stage");
  return prepare(sql).bind(stage, seq).run();
}

Result<void> SqliteTransaction::erase_events_before(std::uint64_t seq) {
  return prepare("DELETE FROM event WHERE seq<?").bind(seq).run();
}

Result<void> SqliteTransaction::put_timer(const TimerRecord& r) {
  static const std::string sql = upsert("timer", "kind,study,due_at", "kind,study");
  return prepare(sql).bind(r.kind, r.study, r.due_at).run();
}

Result<void> SqliteTransaction::erase_timer(const std::string& kind, const StudyId& study) {
  return prepare("DELETE FROM timer WHERE kind=? AND study=?").bind(kind, study).run();
}

Result<void> SqliteTransaction::append_audit(const AuditRecord& r) {
  return prepare("INSERT INTO audit(" ECG_AUDIT_COLUMNS ") VALUES(?,?,?,?,?,?,?,?,?,?,?)")
      .bind(r.seq, r.at, r.actor, r.action, r.study, r.site, r.place, r.outcome, r.detail,
            Blob{r.previous_hash}, Blob{r.hash})
      .run();
}

}  // namespace ecg::store
